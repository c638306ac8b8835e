import { ShopError } from '../supervisor/shop-error.ts'

export interface DockerOptions {
  /** Becomes its standard input. */
  input?: string
  signal?: AbortSignal
}

/**
 * Runs the docker of the PATH to its end and returns its standard output.
 * @throws ShopError with the end of what it says when it fails, or is not there
 */
export async function docker(
  args: readonly string[],
  { input, signal }: DockerOptions = {},
): Promise<string> {
  const program = Bun.which('docker')
  if (program === null)
    throw new ShopError('There is no docker on the PATH: https://docs.docker.com/engine/install')
  const child = Bun.spawn([program, ...args], {
    env: { ...process.env, DOCKER_BUILDKIT: '1', BUILDKIT_PROGRESS: 'plain' },
    stdio: [input === undefined ? 'ignore' : new Blob([input]), 'pipe', 'pipe'],
    ...(signal && { signal }),
  })
  const [code, output, errors] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
  signal?.throwIfAborted()
  if (code === 0) return output
  const end = errors.trim().split('\n').slice(-15).join('\n')
  throw new ShopError(`docker ${args[0]} ended with ${code}:\n${end}`)
}
