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

/** Of all fields that tests set. */
export const manager = 'shop-test'
