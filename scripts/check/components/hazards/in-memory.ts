import type { Hazard } from './hazard.ts'

export const inMemory: readonly Hazard[] = [
  {
    types: ['pubsub.in-memory'],
    why: 'keeps events within one sidecar, where no other app sees them, and drops one whose handler fails',
    fix: 'choose a broker that stores events, e.g. pubsub.mqtt3, pubsub.redis, pubsub.rabbitmq or pubsub.kafka',
    source: 'pubsub/in-memory/in-memory.go: an error of the handler is logged; seen in a run',
  },
  {
    types: ['state.in-memory'],
    why: 'forgets everything when its sidecar ends',
    fix: 'choose a store that keeps its data, e.g. state.sqlite, state.redis or state.postgresql',
    source: 'state/in-memory/in_memory.go',
  },
]
