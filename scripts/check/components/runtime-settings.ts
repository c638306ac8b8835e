import type { Setting } from '../../../dapr/install/component-metadata.ts'

// https://github.com/dapr/dapr/tree/v1.18.2/pkg
const byKind: Record<string, Setting[]> = {
  pubsub: [
    // runtime/processor/pubsub/pubsub.go, Init
    { name: 'consumerID', exact: true },
    // scopes/scopes.go
    { name: 'allowedTopics' },
    { name: 'publishingScopes' },
    { name: 'subscriptionScopes' },
    { name: 'protectedTopics' },
  ],
  state: [
    // runtime/processor/state/state.go, Init
    { name: 'actorStateStore', type: 'bool' },
    // components/state/state_config.go: appid, name, namespace, none, or a prefix of one's own
    { name: 'keyPrefix' },
    // runtime/pubsub/outbox.go, AddOrUpdateOutbox
    { name: 'outboxPublishPubsub', exact: true },
    { name: 'outboxPublishTopic', exact: true },
    { name: 'outboxPubsub', exact: true },
    { name: 'outboxDiscardWhenMissingState', exact: true, type: 'bool' },
    // encryption/encryption.go, ComponentEncryptionKey
    { name: 'primaryEncryptionKey', exact: true, sensitive: true },
    { name: 'secondaryEncryptionKey', exact: true, sensitive: true },
  ],
  // components/lock/lock_config.go
  lock: [{ name: 'keyPrefix' }],
  bindings: [
    // runtime/processor/binding/binding.go
    {
      name: 'direction',
      allowed: ['input', 'output', 'input, output', 'input,output', 'output, input', 'output,input'],
    },
    { name: 'route', exact: true },
  ],
}

/**
 * What daprd itself reads of `spec.metadata`, whichever component it is: no metadata.yaml has it.
 *
 * @param type full lower-case name of a component type
 */
export function runtimeSettings(type: string): Setting[] {
  return byKind[type.split('.')[0] ?? ''] ?? []
}
