/** Decides when a part is ended: the edge first, then apps and sidecars together, infrastructure last. */
export type Role = 'edge' | 'app' | 'sidecar' | 'infrastructure'

export const roles: readonly Role[] = ['edge', 'app', 'sidecar', 'infrastructure']

/** One process of the shop. */
export interface Part {
  /** Also the name of its log and its process file. */
  name: string
  role: Role
  command: string[]
  cwd: string
  env: Record<string, string>
  /** One question whether it answers; asked again and again until it does. */
  answers: (signal: AbortSignal) => Promise<boolean>
}

export function sidecarName(app: string): string {
  return `${app}.sidecar`
}
