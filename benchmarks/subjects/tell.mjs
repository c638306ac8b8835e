// Plain JavaScript: these programs run on Node as well, which reads no types.
import { createInterface } from 'node:readline'

/**
 * Writes one line for the program that measures.
 * @param {unknown} value
 */
export function tell(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/**
 * Answers every line of the program that measures; ends with its standard input, when that program has gone.
 * @param {(line: string) => unknown} answer
 */
export async function answerLines(answer) {
  for await (const line of createInterface({ input: process.stdin })) tell(await answer(line))
  process.exit()
}

/**
 * @param {() => Promise<unknown>} call
 * @param {string | undefined} unit `calls` a second with 16 in flight, or the `time` of one alone in microseconds
 * @param {number} seconds
 */
export async function measureCalls(call, unit, seconds) {
  return unit === 'time' ? await callTime(call, seconds) : await callsPerSecond(call, seconds, 16)
}

/**
 * Calls again and again for a while.
 * @param {() => Promise<unknown>} call
 * @param {number} seconds
 * @param {number} inFlight calls at the same time
 * @returns {Promise<number>} calls a second
 */
export async function callsPerSecond(call, seconds, inFlight = 1) {
  const started = performance.now()
  const ends = started + seconds * 1_000
  let calls = 0
  async function repeat() {
    while (performance.now() < ends) {
      await call()
      calls++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, repeat))
  return calls / ((performance.now() - started) / 1_000)
}

/**
 * Calls one after the other for a while.
 * @param {() => Promise<unknown>} call
 * @param {number} seconds
 * @returns {Promise<number>} median of the time a call takes, in microseconds
 */
async function callTime(call, seconds) {
  const times = []
  const ends = performance.now() + seconds * 1_000
  for (let now = performance.now(); now < ends; ) {
    await call()
    const before = now
    now = performance.now()
    times.push(now - before)
  }
  return (times.sort((a, b) => a - b)[times.length >> 1] ?? 0) * 1_000
}
