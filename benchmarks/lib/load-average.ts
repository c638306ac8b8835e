import { availableParallelism, loadavg } from 'node:os'

/**
 * Why measurements may mislead now; undefined when the machine is quiet. A hint, no refusal: a benchmark raises the
 * load average itself, and a second run would have to wait a minute.
 */
export function loadWarning({
  load = loadavg()[0] ?? 0,
  cores = availableParallelism(),
} = {}): string | undefined {
  if (load <= cores / 2) return undefined
  const amount = `${load.toFixed(1)} on ${cores} ${cores === 1 ? 'core' : 'cores'}`
  return `The load average is ${amount}: something else is running, and the results may mislead.`
}
