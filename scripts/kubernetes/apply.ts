import type { Kubectl } from './kubectl.ts'

export interface ApplyOptions {
  /** Whose fields they are from now on, whoever had them before. */
  manager: string
  /** Only has the API server look at them. */
  isDryRun?: boolean
  signal?: AbortSignal | undefined
}

/** Server-side, so that what is applied need not fit into an annotation. @param manifests YAML, or one object */
export async function apply(
  kubectl: Kubectl,
  manifests: string | object,
  { manager, isDryRun = false, signal }: ApplyOptions,
): Promise<void> {
  const command = ['apply', '--server-side', '--force-conflicts', `--field-manager=${manager}`]
  const input = typeof manifests === 'string' ? manifests : JSON.stringify(manifests)
  await kubectl([...command, ...(isDryRun ? ['--dry-run=server'] : []), '--filename', '-'], { input, signal })
}
