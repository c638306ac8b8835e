import { docker } from '../../../scripts/kubernetes/docker.ts'
import {
  buildImage,
  chooseImages,
  type ImageSource,
  imageName,
  imageSources,
} from '../../../scripts/kubernetes/images.ts'
import { ShopError } from '../../../scripts/supervisor/shop-error.ts'
import { baseImages, provide, serverImages } from '../stand-ins/stand-ins.ts'
import type { Installation } from './installation.ts'

export interface ImageOptions {
  /** A shell command that gets an archive of images, as `docker save` writes it, on its standard input. */
  load?: string | undefined
  /** What stands before the names of images that are pushed. */
  registry?: string | undefined
  tag: string
  /** Names of all images that the overlay and the edge ask for. */
  asked: readonly string[]
  /** Further arguments of `docker build`. */
  further: readonly string[]
}

/** Has a next version, which differs by a label alone. */
const upgraded = 'orders'

/**
 * Builds the images of all services and brings them to the cluster, with those of servers that nobody can pull.
 * @returns an image of a next version of orders
 */
export async function bringImages(
  installation: Installation,
  { asked, load, registry, tag, further }: ImageOptions,
): Promise<string> {
  const { root, report, signal } = installation
  await provide(await baseImages(root), { report, signal })
  const servers = serverImages.filter(({ image }) => asked.includes(image))
  const standIns = await provide(servers, { report, signal })
  const images: string[] = []
  const build = async (source: ImageSource, tag: string, ...labels: string[]) => {
    const image = imageName(source.name, { tag, ...(registry && { registry }) })
    const bytes = await buildImage(source, { image, further: [...further, ...labels], root, signal })
    report(`built ${image}, ${(bytes / 1e6).toFixed(0)} MB`)
    images.push(image)
    return image
  }
  const sources = await imageSources(root)
  for (const source of sources) await build(source, tag)
  const [source] = chooseImages(sources, [upgraded])
  const next = source ? await build(source, `${tag}-next`, '--label', 'shop.version=next') : ''
  if (registry) for (const image of images) await docker(['push', '--quiet', image], { signal })
  if (load) await loadInto(load, registry ? standIns : [...images, ...standIns], installation)
  return next
}

async function loadInto(
  command: string,
  images: readonly string[],
  { report, signal }: Installation,
): Promise<void> {
  if (images.length === 0) return
  report(`loading ${images.length} images`)
  const save = Bun.spawn(['docker', 'save', ...images], { stdio: ['ignore', 'pipe', 'pipe'], signal })
  const into = Bun.spawn(['sh', '-c', command], { stdio: [save.stdout, 'pipe', 'pipe'], signal })
  const [saved, loaded, saying, errors] = await Promise.all([
    save.exited,
    into.exited,
    save.stderr.text(),
    into.stderr.text(),
    into.stdout.text(),
  ])
  signal.throwIfAborted()
  if (saved !== 0 || loaded !== 0)
    throw new ShopError(`The images could not be loaded by '${command}'. ${saying}${errors}`.trim())
}
