import { type Static, Type } from '@sinclair/typebox'

// `errorMessage` is shown by editors (yaml-language-server) and by `bun run generate`: it says how to put it right.

const topic = Type.String({
  pattern: '^[a-z][a-z0-9-]*$',
  errorMessage: 'write a topic in lower case with hyphens, e.g. order-placed',
})

const operation = Type.String({
  pattern:
    '^((GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/|(/[A-Za-z0-9._~-]+|/\\*)+)|GRPC /([A-Za-z_]\\w*\\.)*[A-Za-z_]\\w*/[A-Za-z_]\\w*)$',
  errorMessage:
    'write "VERB /path" with * for one variable segment, e.g. GET /products/*, or "GRPC /package.Service/Method"',
})

const componentName = Type.String({
  pattern: '^[a-z][a-z0-9-]*$',
  errorMessage: 'write the metadata.name of a component in components/, e.g. carts',
})

/** What a service may ask of a state store beyond keeping values. */
const storeNeeds = ['etag', 'ttl', 'transactions', 'workflows'] as const
export type StoreNeed = (typeof storeNeeds)[number]

const store = Type.Union(
  [
    componentName,
    Type.Object(
      {
        name: componentName,
        needs: Type.Array(
          Type.Unsafe<StoreNeed>(
            Type.Union(
              storeNeeds.map(need => Type.Literal(need)),
              { errorMessage: `use one of ${storeNeeds.join(', ')}` },
            ),
          ),
          { minItems: 1 },
        ),
      },
      { additionalProperties: false },
    ),
  ],
  {
    errorMessage: `write the metadata.name of a component in components/, e.g. carts, or { name: carts, needs: [etag] } with needs of ${storeNeeds.join(', ')}`,
  },
)

const languages = ['typescript', 'go', 'python'] as const
const protocols = ['http', 'grpc'] as const

export const ServiceFile = Type.Object(
  {
    name: Type.String({
      description: 'The Dapr app-id. It is also the name of the folder.',
      pattern: '^[a-z][a-z0-9-]{0,62}$',
      errorMessage: 'use lower-case letters, digits and hyphens, at most 63, the first one a letter',
    }),
    description: Type.String({ description: 'One or two sentences for people.', minLength: 1 }),
    language: Type.Unsafe<(typeof languages)[number]>(
      Type.Union(
        languages.map(language => Type.Literal(language)),
        {
          description: 'What it is written in, so that a missing toolchain can be named.',
          errorMessage: `use one of ${languages.join(', ')}`,
        },
      ),
    ),
    build: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        description:
          'Makes what `command` runs, below .local/build; run from the repository root before each start, so a second time has to be quick.',
        minItems: 1,
        errorMessage:
          'write a list of the program and its arguments, e.g. [go, -C, services/shipping, build]',
      }),
    ),
    without: Type.Optional(
      Type.String({
        description:
          'What the shop lacks while it is skipped for want of its toolchain, e.g. a flat shipping price is charged.',
        minLength: 1,
        errorMessage: 'say what the shop lacks, e.g. a flat shipping price is charged',
      }),
    ),
    command: Type.Array(Type.String({ minLength: 1 }), {
      description: 'The program and its arguments, run from the repository root.',
      minItems: 1,
      errorMessage: 'write a list of the program and its arguments, e.g. [bun, services/orders/src/main.ts]',
    }),
    protocol: Type.Optional(
      Type.Unsafe<(typeof protocols)[number]>(
        Type.Union(
          protocols.map(protocol => Type.Literal(protocol)),
          {
            description: 'What it speaks on its port. Default: http.',
            errorMessage: `use one of ${protocols.join(', ')}`,
          },
        ),
      ),
    ),
    port: Type.Integer({
      description:
        "The port it listens on. Its sidecar's follow: HTTP +100, gRPC +200, internal gRPC +300, metrics +400.",
      minimum: 1024,
      maximum: 65135,
      errorMessage: 'use a whole number from 1024 to 65135 (the sidecar uses ports up to 400 above it)',
    }),
    public: Type.Optional(
      Type.Boolean({
        description: 'May be reached from outside. Default: false.',
        errorMessage: 'use true or false',
      }),
    ),
    calls: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Array(operation, {
          minItems: 1,
          errorMessage: 'list the operations, e.g. [GET /products/*]',
        }),
        {
          description: 'The services it invokes and which of their operations. Everything else is denied.',
          errorMessage: 'write service names as keys and a list of operations below each',
        },
      ),
    ),
    publishes: Type.Optional(Type.Array(topic, { description: 'Topics whose events it produces.' })),
    subscribes: Type.Optional(Type.Array(topic, { description: 'Topics whose events it handles.' })),
    stores: Type.Optional(
      Type.Array(store, {
        description:
          'Dapr state stores it uses, and what each of them has to offer: etag (conditional writes), ttl, transactions, workflows (it keeps their histories).',
      }),
    ),
    bindings: Type.Optional(Type.Array(componentName, { description: 'Dapr output bindings it invokes.' })),
    crypto: Type.Optional(
      Type.Array(componentName, { description: 'Dapr cryptography components it encrypts with.' }),
    ),
    secrets: Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^[a-z][a-z0-9-]*$',
          errorMessage: 'write a secret name in lower case with hyphens, e.g. orders-database',
        }),
        { description: 'Secrets it may read from the Dapr secret store. Every other one is denied.' },
      ),
    ),
    env: Type.Optional(
      Type.Record(
        Type.String(),
        Type.String({ errorMessage: 'put the value in quotes: environment variables are strings' }),
        { description: 'Settings, the same on every machine. Never a secret.' },
      ),
    ),
  },
  { additionalProperties: false },
)

export type ServiceFile = Static<typeof ServiceFile>

/** The JSON Schema that editors read through the first line of each service.yaml. */
export function renderJsonSchema(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $comment: "Generated by 'bun run generate' from scripts/topology/schema.ts. Do not edit.",
    title: 'service.yaml: what a service is and uses',
    ...ServiceFile,
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}
