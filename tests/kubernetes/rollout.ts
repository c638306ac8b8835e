import type { Cluster } from './cluster.ts'

/** Longest time for one, in seconds. */
const patience = 240

export async function untilRolledOut({ run }: Cluster, name: string): Promise<void> {
  await run(['rollout', 'status', `deployment/${name}`, `--timeout=${patience}s`])
}

/** The template that a Deployment has now, as text. */
export async function templateOf({ run }: Cluster, name: string): Promise<string> {
  return await run(['get', `deployment/${name}`, '--output', 'jsonpath={.spec.template.spec}'])
}
