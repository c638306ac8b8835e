import { InstallError } from '../../../dapr/install/errors.ts'
import { obtain } from '../../../dapr/install/obtain.ts'
import { installedKustomize, type Kustomize } from './kustomize.ts'

/**
 * kustomize as it is installed, or of the cache, where it is put by a first call: a release, or a build from Go modules
 * that takes about a minute.
 * @param report gets a line for every step of that
 * @returns the command, or why there is none
 */
export async function findKustomize(
  report: (line: string) => void,
  env: Record<string, string | undefined> = process.env,
): Promise<{ command: Kustomize } | { reason: string }> {
  const installed = installedKustomize(env.PATH)
  if (installed) return { command: installed }
  try {
    const { paths } = await obtain(['kustomize'], {
      components: { uses: [], registrations: [] },
      env,
      report: (line, kind) => kind === 'step' && report(line),
    })
    return { command: [paths.kustomize, 'build'] }
  } catch (error) {
    if (!(error instanceof InstallError)) throw error
    const [tried = ''] = error.message.split('\nAny one of these helps')
    return { reason: `neither kubectl nor kustomize is installed. ${tried}` }
  }
}
