import { join } from 'node:path'
import { knownTypes } from '../../dapr/install/known-types.ts'
import type { Finding } from './finding.ts'

/** What must run unchanged on every component set. */
const patterns = [
  'services/**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx,go,py,proto}',
  'services/**/{package.json,go.mod,pyproject.toml,requirements*.txt,requirements*.in}',
  'services/*/service.yaml',
  'packages/*/src/**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}',
  'packages/*/package.json',
  'dapr/dapr.yaml',
]

/** Building blocks whose components are servers that one may exchange for another. */
const kinds = ['pubsub', 'state', 'lock', 'configuration', 'secretstores']

/** Parts of component types that are words like others. */
const commonWords = [
  'in',
  'memory',
  'local',
  'env',
  'file',
  'vault',
  'pubsub',
  'queues',
  'topics',
  'coherence',
  'solace',
  'kubernetes',
]

/**
 * The databases of the services themselves: the journal opens them with their own drivers, without Dapr, and a service
 * that uses none of it (insights) does as well. A component type is refused with these words too.
 */
const databases = ['sqlite', 'postgres', 'postgresql']

/** Vendors that go by another name than their component types. */
const otherNames = ['nats']

/** Client libraries, and what they are called by, without the name of their vendor. */
const clients = [
  'boto',
  'bullmq',
  'confluent',
  'franz-go',
  'gocql',
  'kombu',
  'memcache',
  'mongo',
  'pika',
  'redigo',
  'rueidis',
  'sarama',
  'valkey',
]

/** What stands before the name of a module that a line imports; all of a manifest counts. */
const imports: readonly [file: RegExp, before: string][] = [
  [/\.[cm]?[jt]sx?$/, /\b(?:from|import|require)\s*\(?\s*['"`](?!\.)[^'"`]*?/.source],
  [/\.py$/, /^\s*(?:from|import)\s.*?/.source],
  [/\.go$/, /^\s*(?:import\s+)?(?:[\w.]+\s+)?"[^"]*?/.source],
  [/\.(?:json|mod|toml|txt|in)$/, ''],
]

interface Exception {
  file: string
  vendor: string
  /** Why it may: an exception that is not needed any more is told. */
  why: string
}

const exceptions: readonly Exception[] = [
  {
    file: 'packages/elysia-dapr/src/client/state-request.ts',
    vendor: 'redis',
    why: 'its answer to a lost race is unlike that of all other stores: the library makes them one, so that no caller has to know',
  },
  {
    file: 'packages/elysia-dapr/src/client/state.ts',
    vendor: 'redis',
    why: 'documents where its component breaks a promise of the API, which the library cannot mend',
  },
  {
    file: 'packages/elysia-dapr/src/server/given-up.ts',
    vendor: 'kafka',
    why: 'documents why an entry of a batch cannot be told by its id alone',
  },
  {
    file: 'packages/elysia-dapr/src/testing/resources.ts',
    vendor: 'sqlite',
    why: 'makes the component YAML of tests: an example has a type',
  },
]

/** No service and no package knows which vendor is behind a Dapr component, or which set runs: comments count as well. */
export async function checkVendors(root = process.cwd()): Promise<Finding[]> {
  const vendorsIn = vendorFinder(knownTypes().keys())
  const findings: Finding[] = []
  const used = new Set<Exception>()
  const files = await filesOf(root)
  for (const file of files) {
    const allowed = exceptions.filter(each => each.file === file)
    const text = await Bun.file(join(root, file)).text()
    for (const [index, line] of text.split('\n').entries()) {
      if (/\bSHOP_SET\b/.test(line)) findings.push({ file, line: index + 1, message: namesSet })
      const name = vendorsIn(file, line)
      if (name === undefined) continue
      const exception = allowed.find(({ vendor }) => name.toLowerCase().includes(vendor))
      if (exception) used.add(exception)
      else findings.push({ file, line: index + 1, message: `names ${name}; ${fix}` })
    }
  }
  for (const exception of exceptions) {
    if (used.has(exception) || !files.includes(exception.file)) continue
    const message = `no longer names ${exception.vendor}; remove its exception from scripts/check/vendors.ts`
    findings.push({ file: exception.file, message })
  }
  return findings
}

const fix =
  'a component set decides which one there is, and another may: say what is relied on, e.g. "the broker"'

const namesSet =
  'names SHOP_SET; nothing here may know which set runs: read a setting for what differs instead'

async function filesOf(root: string): Promise<string[]> {
  const found = patterns.map(pattern => Array.fromAsync(new Bun.Glob(pattern).scan({ cwd: root })))
  const files = new Set((await Promise.all(found)).flat())
  return [...files]
    .filter(
      file =>
        !/(^|\/)(node_modules|\.venv)\/|^\w+\/[^/]+\/tests?\/|\.test(-d)?\.[cm]?[jt]sx?$|_test\.go$|(^|\/)test_\w+\.py$/.test(
          file,
        ),
    )
    .sort()
}

/** Finds the first vendor, or component type, or client library, that a line names. */
function vendorFinder(knownTypes: Iterable<string>): (file: string, line: string) => string | undefined {
  const types = [...knownTypes].filter(type => kinds.includes(type.split('.')[0] ?? ''))
  const words = new Set<string>()
  for (const type of types) {
    for (const part of type.split(/[.-]/).slice(1)) words.add(part.replace(/\d+$/, ''))
  }
  for (const word of [...commonWords, ...databases]) words.delete(word)
  const vendor = new RegExp(`(?:${[...words, ...otherNames].join('|')})\\d*`, 'gi')
  const type = new RegExp(`(?<![\\w.])(?:${types.map(each => RegExp.escape(each)).join('|')})(?![\\w-])`, 'i')
  // Shorter ones are within other words: oci in associate.
  const inside = [...words]
    .filter(word => word.length > 3)
    .concat(clients)
    .join('|')
  const imported = imports.map(
    ([of, before]) => [of, new RegExp(`${before}(?<module>[\\w-]*(?:${inside})[\\w-]*)`, 'i')] as const,
  )
  return (file, line) =>
    type.exec(line)?.[0] ??
    [...line.matchAll(vendor)].find(({ index, 0: word }) => standsAlone(line, index, word))?.[0] ??
    imported.find(([of]) => of.test(file))?.[1].exec(line)?.groups?.module
}

/** Not in the middle of another word, but in the middle of a name such as myRedisStore. */
function standsAlone(line: string, index: number, word: string): boolean {
  const before = line[index - 1] ?? ''
  const after = line[index + word.length] ?? ''
  const begins = !/[a-z]/i.test(before) || (/[a-z]/.test(before) && /^[A-Z]/.test(word))
  return begins && !/[a-z]/.test(after)
}
