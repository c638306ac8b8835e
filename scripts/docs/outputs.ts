import { join } from 'node:path'
import { readRecordings, withTable } from '../../tests/swap/results.ts'
import { table } from '../../tests/swap/suite.ts'
import type { Topology } from '../topology/load.ts'
import { renderPicture } from '../topology/render/picture.ts'
import { renderTopologyPage } from '../topology/render/topology-page.ts'
import { renderLifeOfAnOrder } from './render-life.ts'
import { withSection } from './section.ts'

/** What is rendered for people: paths relative to `root`, each with its text. */
export async function renderDocuments(topology: Topology, root: string): Promise<[string, string][]> {
  const outputs: [string, string][] = [['docs/topology.md', renderTopologyPage(topology)]]
  const life = await renderLifeOfAnOrder(topology, root)
  if (life !== undefined) outputs.push(['docs/life-of-an-order.md', life])
  const readme = Bun.file(join(root, 'README.md'))
  if (await readme.exists()) {
    const recordings = await readRecordings(root)
    const text = withSection(await readme.text(), 'topology', renderPicture(topology))
    outputs.push(['README.md', recordings === undefined ? text : withTable(text, table, recordings)])
  }
  return outputs
}
