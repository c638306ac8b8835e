import type { Service } from '../../topology/load.ts'
import type { Contract } from '../contract.ts'
import { type JsonSchema, renderJson, toJsonSchema } from '../json-schema.ts'
import type { Offer } from '../operations.ts'
import { createComponents } from './components.ts'
import { Problem, renderOperation } from './operation.ts'

/** The OpenAPI 3.1 document of what a service answers, its own endpoints or those that it offers of others. */
export function renderOpenApi(service: Service, version: string, offers: readonly Offer[]): string {
  const contracts = [...new Set(offers.map(({ contract }) => contract))]
  const components = createComponents(contracts)
  const paths: Record<string, JsonSchema> = {}
  for (const { contract, endpoint } of offers) {
    const path = endpoint.value.path.replaceAll(/:([^/]+)/g, '{$1}')
    const operations = paths[path] ?? {}
    paths[path] = operations
    operations[endpoint.value.method.toLowerCase()] = renderOperation(
      endpoint,
      operationId(offers, contract, endpoint.name),
      contract.service.name,
      components,
    )
  }
  return renderJson({
    openapi: '3.1.0',
    'x-generated': "by 'bun run generate' from services/*/contract/index.ts. Do not edit.",
    info: { title: service.name, version, description: service.description },
    tags: contracts.map(({ service: { name, description } }) => ({ name, description })),
    paths,
    components: {
      responses: {
        Problem: {
          description: 'Any other failure',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      schemas: { ...components.schemas(), Problem: toJsonSchema(Problem) },
    },
  })
}

/** The name of the export; `<service>.<name>` where two services use one name. */
function operationId(offers: readonly Offer[], contract: Contract, name: string): string {
  const several = offers.filter(({ endpoint }) => endpoint.name === name).length > 1
  return several ? `${contract.service.name}.${name}` : name
}
