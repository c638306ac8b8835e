import { isTrue } from '../values.ts'
import type { Hazard } from './hazard.ts'

const types = ['pubsub.mqtt3', 'pubsub.mqtt']

export const mqtt: readonly Hazard[] = [
  {
    types,
    setting: 'qos',
    // the default is 1
    loses: value => Number(value ?? 1) === 0,
    why: 'sends events without asking whether they arrive',
    fix: 'write "qos" with "1"',
    source: 'MQTT 3.1.1, section 4.3.1; pubsub/mqtt3/metadata.go',
  },
  {
    types,
    setting: 'cleanSession',
    loses: isTrue,
    why: 'has the broker forget an app that is away, and what comes for it',
    fix: 'write "cleanSession" with "false"',
    source: 'MQTT 3.1.1, section 3.1.2.4; pubsub/mqtt3/mqtt.go, Subscribe',
  },
]
