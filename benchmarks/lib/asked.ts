import type { Measure, Setting, Side } from './benchmark.ts'
import { type Program, startSubject } from './subject.ts'

/** Two programs that measure themselves: each line that they are sent is how many seconds to measure for. */
export async function askedPrograms(
  programs: Record<Side, Program>,
  { seconds, slice, signal, round }: Setting,
): Promise<Measure> {
  async function start(program: Program) {
    const subject = round.use(startSubject(program, signal))
    const ask = (seconds: number) => {
      subject.ask(String(seconds))
      return subject.next<number>()
    }
    await ask(seconds)
    return () => ask(slice)
  }
  const started = { ours: await start(programs.ours), peer: await start(programs.peer) }
  return side => started[side]()
}
