import { join } from 'node:path'
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
    outputs.push(['README.md', withSection(await readme.text(), 'topology', renderPicture(topology))])
  }
  return outputs
}
