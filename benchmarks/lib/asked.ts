import type { Measure, Sample, Setting, Side } from './benchmark.ts'
import { type Program, startSubject } from './subject.ts'

/** A program that measures itself: each line that it is sent is how many seconds to measure for. */
export async function askedProgram(
  program: Program,
  { seconds, slice, signal, round }: Setting,
): Promise<() => Promise<number | Sample>> {
  const subject = round.use(startSubject(program, signal))
  const ask = (seconds: number) => {
    subject.ask(String(seconds))
    return subject.next<number | Sample>()
  }
  await ask(seconds)
  return () => ask(slice)
}

/** Two of them, beside each other. */
export async function askedPrograms(programs: Record<Side, Program>, setting: Setting): Promise<Measure> {
  const ours = await askedProgram(programs.ours, setting)
  const peer = await askedProgram(programs.peer, setting)
  return side => (side === 'ours' ? ours() : peer())
}
