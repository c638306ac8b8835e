import { encryption } from './encryption.ts'
import type { Hazard } from './hazard.ts'
import { inMemory } from './in-memory.ts'
import { kafka } from './kafka.ts'
import { mqtt } from './mqtt.ts'
import { nats } from './nats.ts'
import { pulsar } from './pulsar.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redis } from './redis.ts'
import { sqlite } from './sqlite.ts'
import { subscriptions } from './subscriptions.ts'

export const hazards: readonly Hazard[] = [
  ...inMemory,
  ...subscriptions,
  ...mqtt,
  ...redis,
  ...rabbitmq,
  ...kafka,
  ...nats,
  ...pulsar,
  ...sqlite,
  ...encryption,
]
