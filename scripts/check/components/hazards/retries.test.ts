import { expect, test } from 'bun:test'
import { findingsWith, pubsub, resiliency } from '../shop-fixture.ts'

const file = 'dapr/resiliency/resiliency.yaml'
const redis = (...settings: string[]) => ({
  'components/own/pubsub.yaml': pubsub
    .replace('pubsub.mqtt3', 'pubsub.redis')
    .replace('name: url', 'name: redisHost')
    .replace('  metadata:\n', `  metadata:\n${settings.map(each => `    - ${each}\n`).join('')}`),
})
const processingTimeout = (value: string) => redis(`{ name: processingTimeout, value: ${value} }`)
const event = '{ policy: constant, duration: 1s, maxRetries: 7 }'
const retrying = (policy: string) => ({ [file]: resiliency.replace(event, policy) })
const untargeted = resiliency.slice(0, resiliency.indexOf('  targets:'))

const none = 'own/pubsub.yaml:5: pubsub.mqtt3 loses an event whose handler fails once, or buries it at once: '
const add = `add "pubsub: { inbound: { retry: … } }" to spec.targets.components of ${file}`
const twice = '(event of dapr/resiliency): it is delivered again, and handled twice at once'

type Case = [name: string, changes: Record<string, string | undefined>, findings: string[]]

const retries: Case[] = [
  ['no resiliency', { [file]: undefined }, [`${none}pubsub has no inbound retry policy; ${add}`]],
  [
    'resiliency of another component',
    { [file]: resiliency.replace('pubsub: {', 'carts: {') },
    [`${none}pubsub has no inbound retry policy; ${add}`],
  ],
  [
    'resiliency of what is sent',
    { [file]: resiliency.replace('inbound', 'outbound') },
    [`${none}pubsub has no inbound retry policy; ${add}`],
  ],
  [
    'resiliency of another app',
    { [file]: `${resiliency}scopes: [orders]\n` },
    [`${none}pubsub has no inbound retry policy; ${add}`],
  ],
  [
    'a policy that there is not',
    { [file]: resiliency.replace('retry: event', 'retry: evnt') },
    [`${none}there is no retry policy evnt, which its inbound retry is; did you mean event?`],
  ],
  [
    'a policy that retries nothing',
    retrying('{ policy: constant, maxRetries: 0 }'),
    [`${none}its inbound retry policy event has maxRetries 0; give event more in ${file}`],
  ],
  ['resiliency of the set', { [file]: undefined, 'components/own/mine.yaml': resiliency }, []],
  [
    'a policy for every component that has none',
    { [file]: untargeted.replace('{ event: {', '{ DefaultComponentRetryPolicy: {') },
    [],
  ],
]

const timeouts: Case[] = [
  ['longer than the retries', processingTimeout('30s'), []],
  [
    'shorter than the retries',
    processingTimeout('20s'),
    [
      `own/pubsub.yaml:8: processingTimeout 20s is over while an event is retried for up to 23 s ${twice}; write "processingTimeout" with "30s"`,
    ],
  ],
  [
    'not set',
    redis(),
    [
      `own/pubsub.yaml:5: without processingTimeout, pubsub.redis waits 15 s, which are over while an event is retried for up to 23 s ${twice}; write "processingTimeout" with "30s"`,
    ],
  ],
  ['not set, with few retries', { ...redis(), ...retrying('{ duration: 1s, maxRetries: 3 }') }, []],
  [
    'with retries without end',
    { ...processingTimeout('10m'), ...retrying('{ policy: constant }') },
    [
      `own/pubsub.yaml:8: processingTimeout 10m is over while an event is retried without end ${twice}; give the retry policy event a maxRetries`,
    ],
  ],
  [
    // 3 attempts, and pauses of 0.75 s and of 1 s
    'with pauses that grow',
    {
      ...processingTimeout('7s'),
      ...retrying('{ policy: exponential, maxInterval: 667ms, maxRetries: 2 }'),
    },
    [
      `own/pubsub.yaml:8: processingTimeout 7s is over while an event is retried for up to 8 s ${twice}; write "processingTimeout" with "10s"`,
    ],
  ],
]

test.each(retries)('%s', async (_, changes, findings) => {
  expect(await findingsWith(changes)).toEqual(findings)
})

test.each(timeouts)('the processingTimeout of Redis, %s', async (_, changes, findings) => {
  expect(await findingsWith(changes)).toEqual(findings)
})
