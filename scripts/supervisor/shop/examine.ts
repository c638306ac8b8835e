import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { readComponentTypes } from '../../../dapr/install/component-types.ts'
import { describe, estimate } from '../../../dapr/install/describe.ts'
import packageJson from '../../../package.json' with { type: 'json' }
import { checkComponents } from '../../check/components/check-components.ts'
import type { BackingService } from '../backing-services/backing-service.ts'
import { toolchainFindings } from '../builds/toolchain-findings.ts'
import { infrastructureOf } from '../infrastructure/infrastructure.ts'
import type { ProgramSource } from '../infrastructure/server.ts'
import { leftProcesses } from '../processes/left-processes.ts'
import type { Instance } from '../session/instance.ts'
import { runningStarter } from '../session/run-record.ts'
import { waysOut } from './port-advice.ts'
import { takenPorts, wantedTwice } from './ports.ts'
import { readRunFile } from './runfile.ts'
import { portsOfApp } from './service-parts.ts'

export interface Finding {
  /** `problem`: the shop cannot start as things are. */
  level: 'good' | 'note' | 'problem'
  subject: string
  what: string
  /** What to do about it. */
  fix?: string
}

/** Everything that a start depends on, without starting or changing anything. */
export async function examine(instance: Instance): Promise<Finding[]> {
  return [
    ...(await Promise.all([bun(), ...tools.map(toolFinding)])),
    ...(await toolchainFindings(instance)),
    ...(await componentFindings(instance)),
    ...(await daprFindings(instance)),
    ...(await backingFindings(instance)),
    ...(await portFindings(instance)),
    homeFinding(instance),
    diskFinding(instance),
    ...leftoverFindings(instance),
  ]
}

async function bun(): Promise<Finding> {
  const pinned = packageJson.devDependencies.bun
  const what = Bun.version === pinned ? `${pinned}, the pinned one` : `${Bun.version}; pinned is ${pinned}`
  return { level: Bun.version === pinned ? 'good' : 'note', subject: 'bun', what }
}

/** Tools that a start can do without, and who needs them. */
const tools = [
  { name: 'node', ask: ['node', '--version'], fix: 'needed only for `npx -y bun start`' },
  { name: 'git', ask: ['git', '--version'], fix: 'install it to commit and to run `bun run check`' },
]

async function toolFinding({ name, ask, fix }: (typeof tools)[number]): Promise<Finding> {
  const version = await versionOf(ask)
  return version
    ? { level: 'good', subject: name, what: version }
    : { level: 'note', subject: name, what: 'not found', fix }
}

async function versionOf(command: string[]): Promise<string | undefined> {
  if (Bun.which(command[0] ?? '') === null) return undefined
  const child = Bun.spawn(command, { stdio: ['ignore', 'pipe', 'ignore'] })
  const output = await new Response(child.stdout).text()
  return (await child.exited) === 0 ? (/\d+\.\d+(\.\d+)?/.exec(output)?.[0] ?? output.trim()) : undefined
}

async function componentFindings({ root, set }: Instance): Promise<Finding[]> {
  const findings = await checkComponents(root, set)
  if (findings.length === 0) return [{ level: 'good', subject: 'components', what: `components/${set}` }]
  return findings.map(({ file, line, message, fix }) => ({
    level: 'problem',
    subject: 'components',
    what: `${file}${line === undefined ? '' : `:${line}`}: ${message}`,
    fix,
  }))
}

async function daprFindings(instance: Instance): Promise<Finding[]> {
  const wanted = [...infrastructureOf(instance).binaries, 'daprd' as const]
  const components = await readComponentTypes(instance.root)
  const { outlook, waysOut } = await describe(wanted, { components })
  const costs = estimate(outlook).map(
    ({ way, binaries, minutes, megabytes }): Finding => ({
      level: 'note',
      subject: 'first run',
      what: `${way} of ${binaries.join(', ')}: about ${minutes} min and ${megabytes} MB`,
    }),
  )
  const binaries = outlook.map(({ binary, version, source, present, path, why }): Finding => {
    if (source === undefined) return { level: 'problem', subject: binary, what: why, fix: waysOut ?? '' }
    const what = present ? `${version}, ${why}: ${path}` : `${version}, not here yet: ${why}`
    return { level: present ? 'good' : 'note', subject: binary, what }
  })
  return [...binaries, ...costs]
}

/** The servers that the components lean on: given, installed, or to be fetched. */
async function backingFindings(instance: Instance): Promise<Finding[]> {
  const findings = infrastructureOf(instance).backingServices.map(async ({ name, servers, prepare }) => {
    if (servers.length === 0) return await givenFinding(name, prepare)
    const sources = servers.flatMap(({ program }) => (typeof program === 'string' ? [] : [program]))
    return await Promise.all([...new Set(sources)].map(programFinding))
  })
  return (await Promise.all(findings)).flat()
}

async function givenFinding(subject: string, prepare: BackingService['prepare']): Promise<Finding[]> {
  try {
    await prepare?.(AbortSignal.timeout(10_000))
    return [{ level: 'good', subject, what: 'the given one answers' }]
  } catch (error) {
    return [{ level: 'problem', subject, what: error instanceof Error ? error.message : String(error) }]
  }
}

async function programFinding(program: ProgramSource): Promise<Finding> {
  const outlook = await program.look()
  const { what } = outlook
  if (outlook.is === 'here') return { level: 'good', subject: program.name, what }
  if (outlook.is === 'missing') return { level: 'problem', subject: program.name, what, fix: outlook.fix }
  return {
    level: 'note',
    subject: program.name,
    what: `not here yet: ${what}`,
    fix: `the first start fetches it: ${outlook.takes}`,
  }
}

async function portFindings(instance: Instance): Promise<Finding[]> {
  const starter = runningStarter(instance.runDir)
  if (starter) {
    const what = `the shop is running: process ${starter.pid}${starter.url ? `, ${starter.url}` : ''}`
    return [{ level: 'good', subject: 'ports', what, fix: 'bun run stop ends it' }]
  }
  const apps = await readRunFile(instance)
  const ports = [
    ...infrastructureOf(instance).servers.flatMap(server => server.ports),
    ...apps.flatMap(portsOfApp),
  ]
  const twice = wantedTwice(ports)
  const taken = await takenPorts(ports)
  if (twice.length > 0) {
    const fix = 'GATEWAY_PORT sets the public one, service.yaml all others'
    return twice.map(what => ({ level: 'problem', subject: 'ports', what, fix }))
  }
  if (taken.length === 0) return [{ level: 'good', subject: 'ports', what: `all ${ports.length} are free` }]
  const { what, fix } = await waysOut({ ports, taken, settings: instance })
  return what.map((line, index) => ({
    level: 'problem',
    subject: 'ports',
    what: line,
    ...(index === what.length - 1 && { fix }),
  }))
}

function homeFinding({ runDir, home }: Instance): Finding {
  let existing = runDir
  while (!existsSync(existing)) existing = dirname(existing)
  try {
    if (!statSync(existing).isDirectory()) throw new Error('it is a file')
    accessSync(existing, constants.W_OK)
    return { level: 'good', subject: 'home', what: home }
  } catch (error) {
    const what = `${existing} cannot be written: ${error instanceof Error ? error.message : String(error)}`
    return {
      level: 'problem',
      subject: 'home',
      what,
      fix: 'set SHOP_HOME to a folder that this user may write',
    }
  }
}

const needed = 500_000_000

function diskFinding({ home, dataDir }: Instance): Finding {
  const { bavail, bsize } = statfsSync(
    existsSync(dataDir) ? dataDir : existsSync(home) ? home : dirname(home),
  )
  const free = bavail * bsize
  const what = `${(free / 1e9).toFixed(1)} GB free for ${home}`
  return free > needed
    ? { level: 'good', subject: 'disk', what }
    : {
        level: 'problem',
        subject: 'disk',
        what,
        fix: 'free half a gigabyte, or set SHOP_HOME to a folder elsewhere',
      }
}

function leftoverFindings({ runDir }: Instance): Finding[] {
  if (runningStarter(runDir)) return []
  const left = leftProcesses(runDir)
  if (left.length === 0) return [{ level: 'good', subject: 'leftovers', what: 'none' }]
  const what = `a killed start has left ${left.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`
  return [
    { level: 'note', subject: 'leftovers', what, fix: 'bun run stop ends them; so does the next start' },
  ]
}
