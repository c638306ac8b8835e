import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRunFile } from '../../scripts/supervisor/shop/runfile.ts'
import type { AnyShop } from './any-shop.ts'
import type { Shop } from './shop.ts'

/** How tests ask a shop that `bun start` runs. */
export function accessTo({
  instance,
  command,
}: Pick<Shop, 'instance' | 'command'>): Omit<AnyShop, 'gateway'> {
  return {
    async askSidecar(app, path, body) {
      const found = (await readRunFile(instance)).find(({ id }) => id === app)
      const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      return await fetch(`http://127.0.0.1:${found?.httpPort}${path}`, {
        headers: { 'dapr-api-token': apiToken(instance), 'content-type': 'application/json' },
        ...request,
      })
    },

    async askProvider(method, path, body) {
      const secrets = secretsOf({ instance })
      const headers = {
        authorization: secrets['payment-provider-key'] ?? '',
        'content-type': 'application/json',
      }
      const request = body === undefined ? {} : { body: JSON.stringify(body) }
      return await fetch(`${secrets['payment-provider-url']}${path}`, { method, headers, ...request })
    },

    async kept() {
      const { code, output } = await command('deadletters', 'list', '--json')
      if (code !== 0) throw new Error(`bun run deadletters failed:\n${output}`)
      return JSON.parse(output)
    },
  }
}

/** What the start has written down for the sidecars, by name. */
export function secretsOf({ instance }: Pick<Shop, 'instance'>): Record<string, string> {
  return JSON.parse(readFileSync(join(instance.runDir, 'secrets.json'), 'utf8'))
}

function apiToken({ runDir }: Shop['instance']): string {
  const env = readFileSync(join(runDir, 'env'), 'utf8')
  return /^export DAPR_API_TOKEN='(.*)'$/m.exec(env)?.[1] ?? ''
}
