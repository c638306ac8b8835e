import type { Kubectl } from './kubectl.ts'
import type { Problem } from './problem.ts'

/** A component of Dapr, with the fields that are read. */
export interface DaprComponent {
  metadata: { name: string }
  spec: { metadata?: { name: string; secretKeyRef?: { name: string } }[] }
}

/**
 * A secret that a sidecar did not find, told as the fields of components that refer to it. Dapr names one secret at a
 * time: with the names of those that are there, all are told whose secret is not.
 */
export function atComponents(
  problems: readonly Problem[],
  components: readonly DaprComponent[],
  secrets: readonly string[] | undefined,
): Problem[] {
  const told = problems.filter(isSecret).map(({ object }) => object.slice(prefix.length))
  if (told.length === 0) return [...problems]
  const places = components.flatMap(({ metadata, spec }) =>
    (spec.metadata ?? []).flatMap(({ name, secretKeyRef }) => {
      const secret = secretKeyRef?.name
      if (!secret || !(told.includes(secret) || secrets?.includes(secret) === false)) return []
      const field = `spec.metadata[${name}].secretKeyRef`
      const reason = `there is no secret "${secret}" in the namespace`
      return [{ object: `Component/${metadata.name}`, field, reason, graceSeconds: 0 }]
    }),
  )
  return [
    ...problems.filter(each => !isSecret(each)),
    ...(places.length > 0 ? places : problems.filter(isSecret)),
  ]
}

/** The same, with what the cluster has. Whoever may not read its secrets is told one at a time. */
export async function locateSecrets(
  problems: readonly Problem[],
  { kubectl, namespace }: { kubectl: Kubectl; namespace: string },
): Promise<readonly Problem[]> {
  if (!problems.some(isSecret)) return problems
  const get = async (what: string, output: string) =>
    await kubectl(['get', what, '--namespace', namespace, '--output', output]).catch(() => undefined)
  const [components, secrets] = await Promise.all([
    get('components.dapr.io', 'json'),
    get('secrets', 'jsonpath={.items[*].metadata.name}'),
  ])
  const { items }: { items: DaprComponent[] } = JSON.parse(components ?? '{"items":[]}')
  return atComponents(problems, items, secrets?.split(' '))
}

const prefix = 'Secret/'

function isSecret({ object }: Problem): boolean {
  return object.startsWith(prefix)
}
