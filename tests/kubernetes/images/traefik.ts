import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../../dapr/install/process.ts'
import { obtainTraefik, type TraefikOptions } from './traefik/program.ts'
import { version } from './traefik/source.ts'

/** As k8s/traefik names it. */
export const traefikImage = `docker.io/library/traefik:${version}`

/** The program alone, as nobody, started with the arguments of the container as the usual image does. */
const dockerfile = `FROM scratch
COPY traefik /usr/local/bin/traefik
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/traefik"]
`

/**
 * Makes the image of Traefik on the Docker engine of this machine, where it cannot be pulled: of a program that is built
 * from its Go module (minutes, the first time). It lacks the DNS challenges of ACME, time zones and certificate authorities.
 *
 * @param options.docker the command. Default: `docker` of the PATH
 * @returns the name of the image
 * @throws InstallError with what Go says; Error with what Docker says
 */
export async function buildTraefikImage({
  docker = ['docker'],
  ...options
}: TraefikOptions & { docker?: readonly string[] }): Promise<string> {
  const { env = process.env, report, signal } = options
  const program = await obtainTraefik(options)
  const context = await mkdtemp(join(tmpdir(), 'traefik-image-'))
  try {
    await cp(program, join(context, 'traefik'))
    await Bun.write(join(context, 'Dockerfile'), dockerfile)
    const { code, errors } = await run([...docker, 'build', '--quiet', '--tag', traefikImage, '.'], {
      cwd: context,
      env,
      work: context,
      signal,
    })
    if (code !== 0)
      throw new Error(`docker build of ${traefikImage} failed:\n${errors.slice(-12).join('\n')}`)
    report(`made ${traefikImage}`)
    return traefikImage
  } finally {
    await rm(context, { recursive: true, force: true })
  }
}
