import type { Measure, Setting, Side } from './benchmark.ts'
import { published, publishRequest, topicOf } from './delivery.ts'
import { applyLoad } from './load.ts'
import { startSidecar } from './sidecar.ts'
import { type Program, startSubject } from './subject.ts'
import { untilHandled } from './until-handled.ts'

/** The embedded broker delivers the events of one topic one after the other. */
export const topics = 8

/**
 * Events a second that each of two servers handles behind a sidecar of its own. The publisher is the same for both;
 * the time ends when the last event is handled.
 */
export async function handledEvents(
  programs: Record<Side, Program>,
  { seconds, slice, signal, round }: Setting,
): Promise<Measure> {
  async function start(program: Program) {
    const server = round.use(startSubject(program, signal))
    const { port } = await server.next<{ port: number }>()
    const sidecar = round.use(await startSidecar({ app: { port } }, { signal }))
    const handled = async () => {
      server.ask('handled')
      return await server.next<number>()
    }

    async function publishFor(seconds: number): Promise<number> {
      const before = await handled()
      const started = performance.now()
      const loads = Array.from({ length: topics }, (_, index) =>
        applyLoad({
          port: sidecar.ports.http,
          request: publishRequest(topicOf(index)),
          expected: published,
          connections: 2,
          seconds,
          signal,
        }),
      )
      const events = (await Promise.all(loads)).reduce((sum, { answered }) => sum + answered, 0)
      await untilHandled(before + events, handled, { signal })
      return events / ((performance.now() - started) / 1_000)
    }

    await publishFor(seconds)
    return () => publishFor(slice)
  }
  const servers = { ours: await start(programs.ours), peer: await start(programs.peer) }
  return side => servers[side]()
}
