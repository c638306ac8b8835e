import { ShopError } from '../supervisor/shop-error.ts'

export interface KubectlOptions {
  /** Becomes its standard input. @default nothing */
  input?: string
  /** Ends it. */
  signal?: AbortSignal | undefined
}

/**
 * Runs kubectl to its end and returns its standard output.
 * @throws ShopError with what it says when it fails, and the reason of the signal when that ended it
 */
export type Kubectl = (args: readonly string[], options?: KubectlOptions) => Promise<string>

/** The one of the PATH, on the cluster of KUBECONFIG. */
export const kubectl: Kubectl = async (args, { input = '', signal } = {}) => {
  const program = Bun.which('kubectl')
  if (program === null)
    throw new ShopError('There is no kubectl on the PATH: https://kubernetes.io/docs/tasks/tools')
  signal?.throwIfAborted()
  const child = Bun.spawn([program, ...args], {
    stdio: [new Blob([input]), 'pipe', 'pipe'],
    ...(signal && { signal }),
  })
  const [code, output, errors] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
  signal?.throwIfAborted()
  if (code === 0) return output
  throw new ShopError(`kubectl ${args.slice(0, 3).join(' ')}: ${errors.trim() || `ended with ${code}`}`)
}
