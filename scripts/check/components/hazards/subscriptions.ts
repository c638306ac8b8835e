import type { Hazard } from './hazard.ts'

/** What names the subscription of an app, for each type of broker. */
const names: [type: string, setting: string][] = [
  ['pubsub.*', 'consumerID'],
  ['pubsub.kafka', 'consumerGroup'],
  ['pubsub.jetstream', 'durableName'],
  ['pubsub.jetstream', 'queueGroupName'],
]

/** Each app has a subscription of its own, and the same one after a restart. */
export const subscriptions: readonly Hazard[] = names.flatMap(([type, setting]) => [
  {
    types: [type],
    setting,
    loses: (value, { users }) =>
      value !== undefined && value !== '' && !/\{\w+\}/.test(value) && users.length > 1,
    why: 'is one subscription for several apps: each event comes to one of them only',
    fix: `write "${setting}" with "{appID}"`,
    source: 'github.com/dapr/dapr 1.18.2 pkg/runtime/processor/pubsub/pubsub.go: the app id by default',
  },
  {
    types: [type],
    setting,
    loses: value => /\{(uuid|podName)\}/.test(value ?? ''),
    why: 'is another subscription after each start: what comes while the app is away is lost to it',
    fix: `write "${setting}" with "{appID}"`,
    source: 'github.com/dapr/dapr 1.18.2 pkg/runtime/meta/meta.go, convertItemsToProps',
  },
])
