import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { runTool } from '../../../scripts/check/run-tool.ts'
import { docker } from '../../../scripts/kubernetes/docker.ts'
import { obtainTraefik } from './traefik/program.ts'
import { version as traefikVersion } from './traefik/source.ts'

/**
 * Images that are made here, from Debian's packages, Go modules and the programs of this machine, where they cannot be pulled. They
 * have the name and the interface of the real ones as far as this project uses them, and the real programs.
 */
export interface StandIn {
  image: string
  /** File in this folder. */
  dockerfile: string
  /** Folder of what it copies. @default this one */
  context?: (options: ProvideOptions) => Promise<string>
  /** Arguments of the build. */
  args?: () => Promise<Record<string, string>>
}

const executable = process.execPath

/** What the Dockerfiles in `images` build on, as they name it. */
export async function baseImages(root = process.cwd()): Promise<StandIn[]> {
  const names = new Map<string, string>()
  for await (const file of new Bun.Glob('images/*.Dockerfile').scan({ cwd: root })) {
    const text = await Bun.file(join(root, file)).text()
    for (const [, name = '', image = ''] of text.matchAll(/^ARG (BUN|GO|PYTHON|RUNTIME)=(.+)$/gm))
      if (image !== 'scratch') names.set(name, image)
  }
  return [...names].map(([name, image]) => ({ image, ...bases[name as keyof typeof bases] }))
}

const bases = {
  BUN: {
    dockerfile: 'bun.Dockerfile',
    context: async () => dirname(executable),
    args: async () => ({ EXECUTABLE: basename(executable) }),
  },
  GO: {
    dockerfile: 'go.Dockerfile',
    context: async () => await wordOf(['go', 'env', 'GOROOT']),
  },
  PYTHON: { dockerfile: 'python.Dockerfile' },
  RUNTIME: { dockerfile: 'distroless-python.Dockerfile' },
} satisfies Record<string, Omit<StandIn, 'image'>>

/** What `k8s/traefik` has. */
export const traefikImage = `traefik:${traefikVersion}`

/** Servers that overlays have in the namespace, and the edge. */
export const serverImages: StandIn[] = [
  { image: 'postgres:18', dockerfile: 'postgres.Dockerfile' },
  { image: 'rabbitmq:4', dockerfile: 'rabbitmq.Dockerfile' },
  { image: 'redis:8', dockerfile: 'redis.Dockerfile' },
  {
    image: traefikImage,
    dockerfile: 'traefik.Dockerfile',
    context: async options => dirname(await obtainTraefik(options)),
  },
]

export interface ProvideOptions {
  report: (line: string) => void
  signal?: AbortSignal
}

/**
 * Makes stand-ins of those that docker neither has nor can pull.
 * @returns the images that docker has now: those that nodes may not be able to pull
 * @throws ShopError when one cannot be made
 */
export async function provide(images: readonly StandIn[], options: ProvideOptions): Promise<string[]> {
  const origins = await Promise.all(images.map(async each => [each, await originOf(each)] as const))
  const missing = origins.flatMap(([each, origin]) => (origin === 'nowhere' ? [each] : []))
  if (missing.length > 0) await buildDebian(options)
  for (const each of missing) {
    options.report(`${each.image} cannot be pulled: it is made from what this machine has`)
    await build(each, options)
  }
  return origins.flatMap(([{ image }, origin]) => (origin === 'registry' ? [] : [image]))
}

async function originOf({ image, dockerfile }: StandIn): Promise<'here' | 'registry' | 'nowhere'> {
  const format = `{{index .Config.Labels "${recipeLabel}"}}`
  const local = await runTool(['docker', 'image', 'inspect', '--format', format, image])
  const recipe = local.output.trim()
  // without a recipe it is the real one
  if (local.code === 0 && (recipe === '' || recipe === (await recipeOf(dockerfile)))) return 'here'
  const remote = await runTool(['timeout', '20', 'docker', 'manifest', 'inspect', image])
  return remote.code === 0 ? 'registry' : 'nowhere'
}

/** Of a stand-in: what it was made by. */
const recipeLabel = 'shop.stand-in'

async function recipeOf(dockerfile: string): Promise<string> {
  const files = ['debian.Dockerfile', dockerfile].map(name => Bun.file(join(import.meta.dir, name)).text())
  return Bun.hash((await Promise.all(files)).join()).toString(36)
}

async function build({ image, dockerfile, context, args }: StandIn, options: ProvideOptions): Promise<void> {
  const { signal } = options
  const buildArgs = Object.entries((await args?.()) ?? {}).flatMap(([key, value]) => [
    '--build-arg',
    `${key}=${value}`,
  ])
  const source = await Bun.file(join(import.meta.dir, dockerfile)).text()
  // a machine whose docker has no bridge reaches registries like this alone
  const network = ['--network', 'host']
  await docker(
    [
      'build',
      ...network,
      ...buildArgs,
      '--label',
      `${recipeLabel}=${await recipeOf(dockerfile)}`,
      '--tag',
      image,
      '--file',
      '-',
      (await context?.(options)) ?? import.meta.dir,
    ],
    { input: source, ...(signal && { signal }) },
  )
}

async function buildDebian(options: ProvideOptions): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'shop-stand-in-'))
  try {
    const bundle = process.env.SSL_CERT_FILE ?? '/etc/ssl/certs/ca-certificates.crt'
    await copyFile(bundle, join(context, 'ca-certificates.crt'))
    await build(
      {
        image: 'shop-stand-in/debian',
        dockerfile: 'debian.Dockerfile',
        context: async () => context,
        args: async () => ({
          GOPROXY: await wordOf(['go', 'env', 'GOPROXY']),
          GOSUMDB: await wordOf(['go', 'env', 'GOSUMDB']),
          NPM_CONFIG_REGISTRY: await wordOf(['npm', 'config', 'get', 'registry']),
          PIP_INDEX_URL: process.env.PIP_INDEX_URL ?? '',
        }),
      },
      options,
    )
  } finally {
    await rm(context, { recursive: true })
  }
}

async function wordOf(command: string[]): Promise<string> {
  return (await runTool(command)).output.trim()
}
