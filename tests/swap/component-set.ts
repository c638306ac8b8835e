import { join } from 'node:path'
import type { Resource } from 'elysia-dapr/testing'
import { parseAllDocuments } from 'yaml'
import { yamlFiles } from '../../dapr/install/yaml-files.ts'

export interface ComponentResource extends Resource {
  kind: 'Component'
  spec: {
    type: string
    metadata?: { name: string; value?: unknown; secretKeyRef?: { name: string; key: string } }[]
  }
  scopes?: string[]
}

/** Every resource in a set's folder, as its YAML says it. */
export async function readResources(folder: string): Promise<Resource[]> {
  const texts = await Promise.all(yamlFiles(folder).map(file => Bun.file(join(folder, file)).text()))
  return texts.flatMap(text => parseAllDocuments(text).map(document => document.toJS() as Resource))
}

export function isComponent(resource: Resource): resource is ComponentResource {
  return resource.kind === 'Component'
}

/** What a further app may do with the topics of a pub/sub component. */
export interface Guest {
  appId: string
  /** The topics that it publishes to. */
  publishes: string[]
  /** The topics that it subscribes to. */
  subscribes: string[]
}

/**
 * What the sidecar of a further app has to load to use a set's pub/sub component as the others do: that component and
 * the secret stores, opened to it, and the set's resiliency.
 */
export function openedTo(resources: readonly Resource[], pubsub: string, guest: Guest): Resource[] {
  return resources.flatMap(resource => {
    if (!isComponent(resource)) return resource.kind === 'Resiliency' ? [resource] : []
    const { spec, metadata, scopes } = resource
    const isPubsub = metadata.name === pubsub
    if (!isPubsub && !spec.type.startsWith('secretstores.')) return []
    const opened = { ...resource, ...(scopes && { scopes: [...scopes, guest.appId] }) }
    return isPubsub
      ? [{ ...opened, spec: { ...spec, metadata: withTopics(spec.metadata ?? [], guest) } }]
      : [opened]
  })
}

type Metadata = NonNullable<ComponentResource['spec']['metadata']>

// https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-scopes/
function withTopics(metadata: Metadata, { appId, publishes, subscribes }: Guest): Metadata {
  const further: Record<string, string> = {
    allowedTopics: `,${[...new Set([...publishes, ...subscribes])].join(',')}`,
    publishingScopes: `;${appId}=${publishes.join(',')}`,
    subscriptionScopes: `;${appId}=${subscribes.join(',')}`,
  }
  return metadata.map(item =>
    further[item.name] === undefined ? item : { ...item, value: `${item.value}${further[item.name]}` },
  )
}
