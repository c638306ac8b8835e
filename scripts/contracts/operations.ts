import type { Endpoint } from 'elysia-dapr/contract'
import type { Service } from '../topology/load.ts'
import type { Contract, Declared } from './contract.ts'

/** An endpoint as `calls` in a service.yaml names it, e.g. `GET /orders/*`. */
export function operationOf({ method, path }: Endpoint): string {
  return `${method} ${path.replaceAll(/:[^/]+/g, '*')}`
}

/** An endpoint and the contract that declares it. */
export interface Offer {
  contract: Contract
  endpoint: Declared<Endpoint>
}

/**
 * What a service that faces the public answers: the endpoints of its own contract, and those behind the operations
 * that its service.yaml calls. Who is called by gRPC is offered with all endpoints of its contract: they are the REST
 * form of its operations, which the caller itself answers.
 */
export function offersOf(service: Service, contracts: readonly Contract[]): Offer[] {
  return contracts.flatMap(contract => {
    const calls = service.calls[contract.service.name] ?? []
    const all = contract.service.name === service.name || calls.some(isGrpc)
    return contract.endpoints
      .filter(({ value }) => all || calls.includes(operationOf(value)))
      .map(endpoint => ({ contract, endpoint }))
  })
}

export function isGrpc(operation: string): boolean {
  return operation.startsWith('GRPC ')
}
