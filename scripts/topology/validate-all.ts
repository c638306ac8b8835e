import { infrastructurePorts, portLabels, portsOf } from './ports.ts'
import { type Problem, quoted } from './problem.ts'
import type { ServiceFile } from './schema.ts'
import type { Source } from './source.ts'
import { spelling } from './validate-file.ts'

/** A service.yaml that is right by itself, with the place of everything in it. */
export interface LoadedFile {
  source: Source
  file: ServiceFile
}

/**
 * What is wrong between the services. `names` holds every folder, also those whose file is wrong by itself:
 * a call to one of them is not a second problem.
 */
export function validateAll(loaded: readonly LoadedFile[], names: readonly string[]): Problem[] {
  const complete = loaded.length === names.length
  return [
    ...checkPorts(loaded),
    ...checkCalls(loaded, names),
    ...checkProtocols(loaded),
    ...checkTopics(loaded, complete),
  ]
}

function checkPorts(loaded: readonly LoadedFile[]): Problem[] {
  const problems: Problem[] = []
  const owners = new Map<number, string>(
    [...infrastructurePorts].map(([port, owner]) => [port, `the ${owner} port`]),
  )
  for (const { source, file } of loaded) {
    const place = source.place(['port'])
    for (const [key, port] of Object.entries(portsOf(file.port))) {
      const label = portLabels[key as keyof typeof portLabels]
      const owner = owners.get(port)
      if (owner === undefined) {
        owners.set(port, `the ${label} of ${file.name}`)
        continue
      }
      const message = `port ${file.port} makes ${port} the ${label}, which is ${owner} already`
      problems.push({ ...place, message, fix: 'choose another port, e.g. the next free one of 8000 to 8099' })
      break
    }
  }
  return problems
}

function checkCalls(loaded: readonly LoadedFile[], names: readonly string[]): Problem[] {
  const problems: Problem[] = []
  for (const { source, file } of loaded) {
    for (const target of Object.keys(file.calls ?? {})) {
      const place = source.place(['calls', target], 'key')
      if (target === file.name) {
        problems.push({ ...place, message: `${file.name} calls itself`, fix: 'call the function directly' })
      } else if (!names.includes(target)) {
        const others = names.filter(name => name !== file.name)
        problems.push({
          ...place,
          message: `calls the unknown service ${quoted(target)}`,
          fix: spelling(target, others, 'service'),
        })
      }
    }
  }
  return problems
}

/** An operation of the other protocol would be rendered into a rule that allows nothing. */
function checkProtocols(loaded: readonly LoadedFile[]): Problem[] {
  const problems: Problem[] = []
  const callees = new Map(loaded.map(({ source, file }) => [file.name, { source, file }]))
  for (const { source, file } of loaded) {
    for (const [target, operations] of Object.entries(file.calls ?? {})) {
      const callee = callees.get(target)
      if (callee === undefined) continue
      const speaksGrpc = callee.file.protocol === 'grpc'
      for (const [index, operation] of operations.entries()) {
        if (operation.startsWith('GRPC ') === speaksGrpc) continue
        problems.push({
          ...source.place(['calls', target, index]),
          message: `calls ${quoted(operation)} of ${target}, which speaks ${speaksGrpc ? 'gRPC' : 'HTTP'}`,
          fix: speaksGrpc
            ? 'write "GRPC /package.Service/Method", as its .proto has them'
            : `write "VERB /path", e.g. GET /products/*, or set "protocol: grpc" in ${callee.source.file}`,
        })
      }
    }
  }
  return problems
}

function checkTopics(loaded: readonly LoadedFile[], complete: boolean): Problem[] {
  const problems: Problem[] = []
  const publishers = new Map<string, string>()
  for (const { source, file } of loaded) {
    for (const [index, topic] of (file.publishes ?? []).entries()) {
      const owner = publishers.get(topic)
      if (owner !== undefined && owner !== file.name) {
        const message = `publishes ${quoted(topic)}, which ${owner} publishes already`
        const fix = 'give each topic one publisher, whose contract holds its events'
        problems.push({ ...source.place(['publishes', index]), message, fix })
      } else publishers.set(topic, file.name)
    }
  }
  // While a file is unreadable nobody knows what it publishes.
  if (!complete) return problems
  for (const { source, file } of loaded) {
    for (const [index, topic] of (file.subscribes ?? []).entries()) {
      if (publishers.has(topic)) continue
      const message = `subscribes to ${quoted(topic)}, which nobody publishes`
      problems.push({
        ...source.place(['subscribes', index]),
        message,
        fix: spelling(topic, [...publishers.keys()], 'topic'),
      })
    }
  }
  return problems
}
