import { join } from 'node:path'
import { randomSecret } from '../infrastructure/random-secret.ts'
import { serverEnv } from '../processes/environment.ts'
import { answersHttp } from '../processes/probe.ts'
import type { BackingServiceKind } from './backing-service.ts'

/**
 * The stand-in for the company that holds and takes the money, with a new key each run. It runs with the infrastructure
 * since it is none of the shop's services: behind an output binding, another address takes its place.
 */
export const paymentProvider: BackingServiceKind = {
  name: 'the payment provider',
  provides: secret => secret === 'payment-provider-url' || secret === 'payment-provider-key',
  create({ instance }) {
    const port = 8513 + instance.portOffset
    const url = `http://127.0.0.1:${port}`
    // what stands in the Authorization header, whole: the binding sends it as it is
    const key = `Bearer ${randomSecret()}`
    return {
      name: paymentProvider.name,
      secrets: { 'payment-provider-url': url, 'payment-provider-key': key },
      servers: [
        {
          name: 'payment-provider',
          program: 'bun',
          ports: [{ port, use: 'payment provider' }],
          part: ({ path }) => ({
            name: 'payment-provider',
            role: 'infrastructure',
            command: [path, 'packages/payment-provider/src/main.ts'],
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
        },
      ],
    }
  },
}
