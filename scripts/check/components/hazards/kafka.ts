import { isTrue } from '../values.ts'
import type { Hazard } from './hazard.ts'

const types = ['pubsub.kafka']

export const kafka: readonly Hazard[] = [
  {
    types,
    setting: 'initialOffset',
    loses: value => value?.toLowerCase() !== 'oldest',
    why: 'passes over what was published before an app had handled its first event of a partition',
    fix: 'write "initialOffset" with "oldest"',
    source: 'common/component/kafka/utils.go, parseInitialOffset: newest by default',
  },
  {
    types,
    setting: 'producerRequiredAcks',
    loses: value => value !== undefined && value.toLowerCase() !== 'all',
    why: 'answers a publisher before the replicas have the event',
    fix: 'write "producerRequiredAcks" with "all"',
    source: 'common/component/kafka/metadata.go: all by default',
  },
  {
    types,
    setting: 'consumeRetryEnabled',
    loses: value => value !== undefined && !isTrue(value),
    why: 'goes on to the next event after a handler has failed, and the commit of that one covers both',
    fix: 'write "consumeRetryEnabled" with "true"',
    source:
      'common/component/kafka/consumer.go; pubsub/kafka/kafka.go: true by default, whatever metadata.yaml says',
  },
]
