import { join } from 'node:path'
import { serverEnv } from '../processes/environment.ts'
import { answersHttp } from '../processes/probe.ts'
import type { Instance } from '../session/instance.ts'
import type { Server } from './infrastructure.ts'
import { randomSecret } from './secrets.ts'

/**
 * The stand-in for the company that holds and takes the money, with a new key each run. It runs with the infrastructure
 * since it is none of the shop's services: behind an output binding, another address takes its place.
 */
export function paymentProvider(instance: Instance): Server {
  const port = 8513 + instance.portOffset
  const url = `http://127.0.0.1:${port}`
  // what stands in the Authorization header, whole: the binding sends it as it is
  const key = `Bearer ${randomSecret()}`
  return {
    name: 'payment-provider',
    binary: 'bun',
    ports: [{ port, use: 'payment provider' }],
    secrets: { 'payment-provider-url': url, 'payment-provider-key': key },
    part: bun => ({
      name: 'payment-provider',
      role: 'infrastructure',
      command: [bun, 'packages/payment-provider/src/main.ts'],
      // Bun reads its settings from the repository root alone
      cwd: instance.root,
      env: {
        ...serverEnv(instance),
        PROVIDER_PORT: String(port),
        PROVIDER_KEY: key,
        PROVIDER_DATA: join(instance.dataDir, 'payment-provider.db'),
      },
      answers: signal => answersHttp(`${url}/healthz`, { signal }),
    }),
  }
}
