import { askedPrograms } from './asked.ts'
import type { Measure, Setting } from './benchmark.ts'
import { appId, key, order, store } from './delivery.ts'
import { startSidecar } from './sidecar.ts'

export interface CallBenchmark {
  call: 'publish' | 'state-get' | 'invoke'
  /** Calls a second with 16 in flight, or the time of one call alone. */
  unit: 'calls' | 'time'
  /** What the SDK runs on; ours is on Bun. */
  peer: 'bun' | 'node'
}

/** Both clients call the same sidecar. */
export async function sidecarCalls({ call, unit, peer }: CallBenchmark, setting: Setting): Promise<Measure> {
  const { signal, round } = setting
  const app = round.use(
    Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      routes: {
        '/orders/:id': () => new Response(order, { headers: { 'content-type': 'application/json' } }),
      },
    }),
  )
  const sidecar = round.use(await startSidecar({ appId, app: { port: app.port ?? 0 } }, { signal }))
  const saved = await sidecar.request(`/v1.0/state/${store}`, {
    method: 'POST',
    body: `[{"key":"${key}","value":${order}}]`,
  })
  if (!saved.ok) throw new Error(`the state was not saved: ${saved.status}`)
  const args = [call, unit, sidecar.ports.http, order]
  return await askedPrograms(
    { ours: { file: 'ours/calls.ts', args }, peer: { file: 'sdk/calls.mjs', args, runtime: peer } },
    setting,
  )
}
