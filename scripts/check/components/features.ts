import { componentMetadata } from '../../../dapr/install/component-metadata.ts'
import type { StoreNeed } from '../../topology/schema.ts'
import { isKnownType, isOfKind, type Needed } from './needed.ts'
import type { Component } from './read-set.ts'
import type { SetFinding } from './set-finding.ts'
import { isTrue } from './values.ts'

/**
 * What a store has to have for each need. Workflows are actors, and daprd takes no other store for those:
 * https://github.com/dapr/dapr/blob/v1.18.2/pkg/actors/state/state.go#L264
 */
const featuresFor: Record<StoreNeed, string[]> = {
  etag: ['etag'],
  ttl: ['ttl'],
  transactions: ['transactional'],
  workflows: ['etag', 'transactional'],
}

/** The stores offer what their services rely on, and exactly one of those that an app loads keeps its workflows. */
export function checkFeatures(components: readonly Component[], needed: readonly Needed[]): SetFinding[] {
  return [
    ...needed.flatMap(each => (each.component ? checkStore(each.component, each) : [])),
    ...checkActorStores(components),
  ]
}

function checkStore(store: Component, { name, users }: Needed): SetFinding[] {
  const { file, line, type, version } = store
  if (!isOfKind(type.value, 'state') || !isKnownType(store)) return []
  const features = componentMetadata(type.value, version.value)?.features ?? []
  return users.flatMap(service => {
    const needs = service.storeNeeds[name] ?? []
    const lacking = needs.filter(need => featuresFor[need].some(feature => !features.includes(feature)))
    const found: SetFinding[] = lacking.map(need => ({
      file,
      line: type.line,
      message: `${type.value} does not offer ${need}, which ${service.name} needs (services/${service.name}/service.yaml)`,
      fix: 'choose a type of state.* that does',
    }))
    if (needs.includes('workflows') && !lacking.includes('workflows') && !keepsActors(store)) {
      const message = `keeps the workflows of ${service.name}, and is no store of actors`
      const fix = `add "{ name: actorStateStore, value: 'true' }" to spec.metadata`
      found.push({ file, line: store.metadata.get('actorstatestore')?.line ?? line, message, fix })
    }
    return found
  })
}

function checkActorStores(components: readonly Component[]): SetFinding[] {
  const stores = components.filter(each => isOfKind(each.type.value, 'state') && keepsActors(each))
  return stores.flatMap((store, index) => {
    const other = stores.slice(0, index).find(each => shareAnApp(each, store))
    if (!other) return []
    const line = store.metadata.get('actorstatestore')?.line ?? store.line
    const message = `actorStateStore is true of ${store.name.value} and of ${other.name.value}, and an app takes one of them`
    return [
      {
        file: store.file,
        line,
        message,
        fix: `remove it here, or in ${other.file}:${other.metadata.get('actorstatestore')?.line}`,
      },
    ]
  })
}

function keepsActors({ metadata }: Component): boolean {
  return isTrue(metadata.get('actorstatestore')?.value?.value)
}

function shareAnApp({ scopes: a }: Component, { scopes: b }: Component): boolean {
  return a === undefined || b === undefined || a.value.some(app => b.value.includes(app))
}
