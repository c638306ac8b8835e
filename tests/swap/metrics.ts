import type { World } from './world.ts'

/**
 * The sum of a counter in the metrics of an app's sidecars, over all its lines that have these labels.
 * Source: https://docs.dapr.io/operations/observability/metrics/metrics-overview/
 */
export async function counterOf(
  world: World,
  app: string,
  name: string,
  labels: Record<string, string>,
): Promise<number> {
  return (await world.metrics(app)).reduce((sum, text) => sum + sumOf(text, name, labels), 0)
}

export function sumOf(text: string, name: string, labels: Record<string, string>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return text
    .split('\n')
    .filter(line => line.startsWith(`${name}{`) && wanted.every(label => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
