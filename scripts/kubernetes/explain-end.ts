import { readableLine } from '../supervisor/logs/log-line.ts'

export interface EndedBecause {
  /** What the sidecar says about a component or the Dapr API; undefined when the log does not say so. */
  problem?: { object: string; field: string | undefined; reason: string; isForGood: boolean }
  /** The last lines, for people. */
  said: string[]
}

// "process component pubsub error: [INIT_COMPONENT_FAILURE]: initialization error occurred for pubsub (pubsub.x/v1): …"
const component = /process component (\S+) error: (.+)/s
const wrapping = /\[[A-Z_]+\]: initialization error occurred for (\S+) \(([^)]+)\): /g

// of the registries of component types in dapr/dapr, pkg/components
const unknownType = /couldn't find [a-z ]+ (\S+)|incorrect type (\S+)/

// what one more try may not meet any more
const passing =
  /failed to connect|refused|timeout|timed out|deadline exceeded|no such host|EOF|reset by peer|unreachable|starting up|shutting down|does not exist/i

/** What the last lines of a container say about why it ended. */
export function explainEnd(container: string, log: string): EndedBecause {
  const lines = log.split('\n').filter(line => line.trim() !== '')
  const said = lines.slice(-5).map(line => readableLine(line).trim())
  if (container !== 'daprd') return { said }
  const messages = lines.map(messageOf)
  const [, name, rest = ''] = messages.map(line => component.exec(line)).findLast(match => match) ?? []
  if (name !== undefined) {
    const type = wrapping.exec(rest)?.[2]
    wrapping.lastIndex = 0
    const why = rest.replace(wrapping, '').replaceAll(/\s+/g, ' ').trim()
    const isUnknown = unknownType.test(why)
    const problem = {
      object: `Component/${name}`,
      field: isUnknown ? 'spec.type' : 'spec.metadata',
      reason: isUnknown ? `Dapr knows no such type: ${why}` : `${type ?? 'it'} does not come up: ${why}`,
      isForGood: isUnknown || !passing.test(why),
    }
    return { said, problem }
  }
  const secret = messages.map(line => /secrets? "([^"]+)" not found/i.exec(line)?.[1]).findLast(Boolean)
  if (secret === undefined) return { said }
  const reason = 'there is no such secret, and a component refers to it'
  return { said, problem: { object: `Secret/${secret}`, field: undefined, reason, isForGood: true } }
}

function messageOf(line: string): string {
  try {
    return String(JSON.parse(line).msg)
  } catch {
    const [, message] = / msg="((?:[^"\\]|\\.)*)"/.exec(line) ?? []
    return message?.replaceAll('\\"', '"') ?? line
  }
}
