import type { Kubectl } from '../../../scripts/kubernetes/kubectl.ts'

/** What all steps of an installation have. */
export interface Installation {
  kubectl: Kubectl
  /** Of the repository. */
  root: string
  /** Gets a line for each step. */
  report: (line: string) => void
  signal: AbortSignal
  /** Takes back what was installed. */
  cleanup: AsyncDisposableStack
}

/** Of namespaces and volumes that a test has made, and may remove. */
export const testLabel = 'elysia-dapr-shop/test'

/** Server-side, so that what is applied need not fit into an annotation. @param signal none for what has to be done at the end */
export async function apply(
  kubectl: Kubectl,
  manifests: string | object,
  signal?: AbortSignal,
): Promise<void> {
  const command = ['apply', '--server-side', '--force-conflicts', '--field-manager=shop-test']
  const input = typeof manifests === 'string' ? manifests : JSON.stringify(manifests)
  await kubectl([...command, '--filename', '-'], { input, signal })
}
