import { readRunFile } from '../../scripts/supervisor/shop/runfile.ts'
import type { Shop } from '../shop/shop.ts'

/**
 * The sum of a counter in the metrics of an app's sidecar, over all its lines that have these labels.
 * Source: https://docs.dapr.io/operations/observability/metrics/metrics-overview/
 */
export async function counterOf(
  { instance }: Shop,
  app: string,
  name: string,
  labels: Record<string, string>,
): Promise<number> {
  const found = (await readRunFile(instance)).find(({ id }) => id === app)
  const answer = await fetch(`http://127.0.0.1:${found?.metricsPort}/metrics`)
  return sumOf(await answer.text(), name, labels)
}

export function sumOf(text: string, name: string, labels: Record<string, string>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return text
    .split('\n')
    .filter(line => line.startsWith(`${name}{`) && wanted.every(label => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
