import type { Service, Topology } from '../load.ts'

const languages = { typescript: '', go: 'Go', python: 'Python' }

/** Who calls whom, who tells whom what, and what each keeps where, as a Mermaid flowchart. */
export function renderPicture({ services }: Topology): string {
  const lines = [
    ...services
      .filter(service => service.public)
      .map(({ name, ports }) => `client([client]) -- "HTTP :${ports.app}" --> ${name}`),
    ...services.map(box),
    ...services.flatMap(service => calls(service, services)),
    ...services.flatMap(service => events(service, services)),
    ...services.flatMap(belongings),
  ]
  return ['```mermaid', 'flowchart LR', ...lines.map(line => `  ${line}`), '```'].join('\n')
}

function box({ name, language }: Service): string {
  const other = languages[language]
  return other ? `${name}["${name} (${other})"]` : name
}

function calls({ name, calls }: Service, services: readonly Service[]): string[] {
  return Object.keys(calls).map(callee => {
    const isGrpc = services.find(service => service.name === callee)?.protocol === 'grpc'
    return isGrpc ? `${name} -- gRPC --> ${callee}` : `${name} --> ${callee}`
  })
}

function events({ name, publishes }: Service, services: readonly Service[]): string[] {
  return publishes.flatMap(topic =>
    services
      .filter(({ subscribes }) => subscribes.includes(topic))
      .map(consumer => `${name} -. "${topic}" .-> ${consumer.name}`),
  )
}

/** Databases are known by the secret that has their address. */
function belongings({ name, stores, bindings, crypto, secrets }: Service): string[] {
  return [
    ...secrets
      .filter(secret => secret === `${name}-database`)
      .map(() => `${name} --- ${name}_database[(database)]`),
    ...stores.map(store => `${name} --- ${id(store)}[("state store ${store}")]`),
    ...bindings.map(binding => `${name} -- binding --> ${id(binding)}{{"${binding}"}}`),
    ...crypto.map(vault => `${name} --- ${id(vault)}[["${vault}"]]`),
  ]
}

/** Of a component: it may have the name of a service. */
function id(component: string): string {
  return `component_${component.replaceAll('-', '_')}`
}
