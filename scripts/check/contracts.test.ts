import { expect, test } from 'bun:test'
import { type Comparison, comparePublished, publish } from '../contracts/compatibility/published.ts'
import { subjectsOf } from '../contracts/compatibility/snapshot.ts'
import { loadContracts } from '../contracts/contract.ts'
import { loadTopology } from '../topology/load.ts'
import { checkContracts } from './contracts.ts'
import { fixtureTree } from './fixture.ts'

const yaml = (name: string, port: number, more: string) =>
  `name: ${name}\ndescription: ${name}.\nlanguage: typescript\ncommand: [bun, main.ts]\nport: ${port}\n${more}`

const contract = (fields: string, required: string[]) => `
export const listThings = { kind: 'endpoint', method: 'GET', path: '/things', status: 200, schemas: {} }
/** Things. */
export const things = { kind: 'topic', pubsub: 'pubsub', name: 'things', data: {
  type: 'object', required: ${JSON.stringify(required)}, properties: ${fields},
} }
`

const files = {
  'services/gateway/service.yaml': yaml('gateway', 8000, 'public: true\ncalls: { a: [GET /things] }\n'),
  'services/a/service.yaml': yaml('a', 8001, 'publishes: [things]\n'),
  'services/a/contract/package.json': '{ "version": "0.0.0" }',
  'services/a/contract/index.ts': contract("{ id: { type: 'string' } }", ['id']),
}

async function compare(root: string): Promise<Comparison[]> {
  const topology = await loadTopology(root)
  return await comparePublished(subjectsOf(topology, await loadContracts(topology, root)), root)
}

async function publishAll(root: string, reason?: string): Promise<void> {
  for (const comparison of await compare(root)) await publish(comparison, root, reason)
}

/** A tree with what was published from `files`, and another contract over it. A module is imported once a path. */
async function publishedTree(changes: Record<string, string>) {
  await using before = await fixtureTree(files)
  await publishAll(before.root)
  const published: Record<string, string> = {}
  for (const path of ['services/a/contract/published.json', 'services/gateway/published.json']) {
    published[path] = await Bun.file(`${before.root}/${path}`).text()
  }
  return await fixtureTree({ ...files, ...published, ...changes })
}

test('what was published is compatible with itself', async () => {
  await using tree = await publishedTree({})
  expect(await checkContracts(tree.root)).toEqual([])
})

test('a service that has published nothing is named', async () => {
  await using tree = await fixtureTree(files)
  const message = "is missing; run 'bun run contracts --publish' and commit it"
  expect(await checkContracts(tree.root)).toEqual([
    { file: 'services/a/contract/published.json', message },
    { file: 'services/gateway/published.json', message },
  ])
})

test('a break is named where the contract declares it, with what to do', async () => {
  const fields = "{ id: { type: 'string' }, by: { type: 'string' } }"
  await using tree = await publishedTree({ 'services/a/contract/index.ts': contract(fields, ['id', 'by']) })
  expect(await checkContracts(tree.root)).toEqual([
    {
      file: 'services/a/contract/index.ts',
      line: 4,
      message:
        "topic things, by is new and required; make it optional: events that are under way lack it (on purpose: bun run contracts --publish --breaking 'why')",
    },
  ])
})

test('an endpoint that the public loses is named at the gateway', async () => {
  await using tree = await publishedTree({
    'services/gateway/service.yaml': yaml('gateway', 8000, 'public: true\n'),
  })
  const [finding, ...others] = await checkContracts(tree.root)
  expect(others).toEqual([])
  expect(finding?.file).toBe('services/gateway/service.yaml')
  expect(finding?.message).toStartWith(
    'GET /things is no longer offered to the public; put it back into calls',
  )
})

test('a break that is published on purpose leaves its reason, and is none any more', async () => {
  await using tree = await publishedTree({ 'services/a/contract/index.ts': contract('{}', []) })
  await publishAll(tree.root, 'nobody read it')
  expect(await checkContracts(tree.root)).toEqual([])
  const { broken } = await Bun.file(`${tree.root}/services/a/contract/published.json`).json()
  expect(broken).toEqual([{ reason: 'nobody read it', changes: ['topic things, id was removed'] }])
})
