import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { AnyElysia } from 'elysia'
import type { Sidecar } from '../../packages/elysia-dapr/src/index.ts'
import { daprd, startBroker, temporaryFolder } from '../conformance/environment.ts'

const root = resolve(import.meta.dir, '../..')

export interface Sidecars extends AsyncDisposable {
  /** A daprd of the embedded set, without mTLS, that takes calls; it delivers to `app` when there is one. */
  start(appId: string, app?: AnyElysia): Promise<Sidecar>
}

/** A home for the shop's sidecars: a temporary folder with its own data and secrets, and a broker. */
export async function temporarySidecars(secrets: Record<string, string> = {}): Promise<Sidecars> {
  await using cleanup = new AsyncDisposableStack()
  const home = cleanup.use(await temporaryFolder()).path
  const broker = cleanup.use(await startBroker())
  await mkdir(join(home, '.local/data'), { recursive: true })
  const all = { 'broker-url': broker.url, ...secrets }
  await Bun.write(join(home, '.local/run/secrets.json'), JSON.stringify(all), { mode: 0o600 })

  async function start(appId: string, app?: AnyElysia): Promise<Sidecar> {
    return kept.use(
      await daprd({
        appId,
        home,
        configuration: join(root, 'dapr/configuration/insecure.yaml'),
        resources: [join(root, 'components/embedded'), join(root, 'dapr/resiliency')],
        ...(app && { app }),
      }),
    )
  }

  const kept = cleanup.move()
  return { start, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
