import type { Measure, Setting, Side } from './benchmark.ts'
import { acknowledged, delivery } from './delivery.ts'
import { applyLoad } from './load.ts'
import { type Program, startSubject } from './subject.ts'

/** Deliveries a second to each of two servers, replayed without a sidecar. */
export async function replayedDeliveries(
  programs: Record<Side, Program>,
  { seconds, slice, signal, round }: Setting,
): Promise<Measure> {
  async function start(program: Program) {
    const server = round.use(startSubject(program, signal))
    const { port } = await server.next<{ port: number }>()
    const deliver = async (seconds: number) => {
      const load = await applyLoad({ port, request: delivery, expected: acknowledged, seconds, signal })
      return load.answered / load.seconds
    }
    await deliver(seconds)
    return () => deliver(slice)
  }
  const servers = { ours: await start(programs.ours), peer: await start(programs.peer) }
  return side => servers[side]()
}
