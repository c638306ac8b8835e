import { join } from 'node:path'
import { runTool } from '../check/run-tool.ts'
import { ShopError } from '../supervisor/shop-error.ts'
import { loadTopology } from '../topology/load.ts'
import { docker } from './docker.ts'

/** What an image is made of. */
export interface ImageSource {
  /** Of the service, and of its image without a registry and a tag: `orders`. */
  name: string
  /** Folder of the program, relative to the repository. */
  folder: string
  /** Dockerfile, relative to the repository. */
  dockerfile: string
}

/** Images of all services, and of the stand-in for the payment provider. */
export async function imageSources(root = process.cwd()): Promise<ImageSource[]> {
  const { services } = await loadTopology(root)
  return [
    ...services.map(({ name, dir, language }) => ({
      name,
      folder: dir,
      dockerfile: `images/${language}.Dockerfile`,
    })),
    {
      name: 'payment-provider',
      folder: 'packages/payment-provider',
      dockerfile: 'images/typescript.Dockerfile',
    },
  ]
}

/** Those of these names; without a name all. @throws ShopError that names those that there are */
export function chooseImages(all: readonly ImageSource[], wanted: readonly string[]): ImageSource[] {
  const names = all.map(({ name }) => name)
  const unknown = wanted.filter(name => !names.includes(name))
  if (unknown.length > 0)
    throw new ShopError(`There is no image of '${unknown.join("', '")}': use ${names.join(', ')}.`)
  return all.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
}

/** As the overlays name it. @param registry with what stands before the name, as in `ghcr.io/team/shop`; default: none, the one of the overlays */
export function imageName(
  name: string,
  { registry = 'elysia-dapr-shop', tag }: { registry?: string; tag: string },
): string {
  return `${registry}/${name}:${tag}`
}

export interface BuildOptions {
  image: string
  /** Further arguments of `docker build`. */
  further?: readonly string[]
  root?: string
  signal?: AbortSignal
}

/**
 * Builds one image. @returns its size in bytes, unpacked
 * @throws ShopError with the end of what docker says
 */
export async function buildImage(
  { name, folder, dockerfile }: ImageSource,
  { image, further = [], root = process.cwd(), signal }: BuildOptions,
): Promise<number> {
  const buildArgs = { SERVICE: name, FOLDER: folder, ...(await revision(root)) }
  await docker(
    [
      'build',
      ...Object.entries(buildArgs).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
      ...further,
      '--tag',
      image,
      '--file',
      join(root, dockerfile),
      root,
    ],
    signal && { signal },
  )
  return Number(await docker(['image', 'inspect', '--format', '{{.Size}}', image]))
}

/** None of what is no clone. */
async function revision(root: string): Promise<{ REVISION?: string }> {
  if (Bun.which('git') === null) return {}
  const { code, output } = await runTool(['git', 'rev-parse', 'HEAD'], root)
  return code === 0 ? { REVISION: output.trim() } : {}
}
