import { firstSentence } from './documentation.ts'
import type { TopicUse } from './events.ts'
import { type JsonSchema, renderJson, toJsonSchema } from './json-schema.ts'

/** The envelope that Dapr puts around what is published. Source: https://github.com/cloudevents/spec, version 1.0 */
const cloudEvent = {
  description: 'A CloudEvent 1.0 as Dapr delivers it. Consumers tell repetitions by source and id.',
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'data'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', minLength: 1 },
    source: { type: 'string', minLength: 1, description: 'App-id of the producer' },
    type: { type: 'string', minLength: 1 },
    datacontenttype: { type: 'string', description: 'Media type of the data' },
    time: { type: 'string' },
    topic: { type: 'string' },
    pubsubname: { type: 'string' },
    traceparent: { type: 'string', description: 'Trace that the event belongs to (W3C Trace Context)' },
    tracestate: { type: 'string' },
  },
}

/** The AsyncAPI 3.0 document of all topics. Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
export function renderAsyncApi(topics: readonly TopicUse[]): string {
  return renderJson({
    asyncapi: '3.0.0',
    'x-generated': "by 'bun run generate' from services/*/contract and service.yaml. Do not edit.",
    info: {
      title: 'Events between the services',
      version: '0.0.0',
      description: 'Each channel is a topic of a Dapr pub/sub component, which any broker can be behind.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(topics.map(topic => [topic.value.name, channel(topic)])),
    operations: Object.fromEntries(topics.flatMap(operations)),
    components: { schemas: { CloudEvent: cloudEvent } },
  })
}

function channel({ value, text, events }: TopicUse): JsonSchema {
  return {
    address: value.name,
    title: value.name,
    ...(text && { description: text.replaceAll('\n', '\n\n') }),
    messages: Object.fromEntries(
      events.map(({ name, schema }) => [
        name,
        {
          name,
          title: name,
          contentType: 'application/cloudevents+json',
          payload: {
            allOf: [
              { $ref: '#/components/schemas/CloudEvent' },
              { type: 'object', properties: { data: toJsonSchema(schema) } },
            ],
          },
        },
      ]),
    ),
    'x-dapr': { pubsubname: value.pubsub, topic: value.name },
  }
}

function operations({ value, text, events, producers, consumers }: TopicUse): [string, JsonSchema][] {
  const operation = (service: string, action: 'send' | 'receive'): [string, JsonSchema] => [
    `${service}.${action}.${value.name}`,
    {
      action,
      channel: { $ref: `#/channels/${value.name}` },
      ...(action === 'send' && text && { summary: firstSentence(text) }),
      tags: [{ name: service }],
      messages: events.map(({ name }) => ({ $ref: `#/channels/${value.name}/messages/${name}` })),
    },
  ]
  return [
    ...producers.map(service => operation(service, 'send')),
    ...consumers.map(service => operation(service, 'receive')),
  ]
}
