/** Names that the programs of `subjects/` use as well. */
export const pubsub = 'pubsub'
export const store = 'store'
export const key = 'order-1'
export const appId = 'app'
export const topicOf = (index: number) => `order-placed-${index}`

/** Data of one event; its schema is in `subjects/ours/order-placed.ts`. */
export const order = JSON.stringify({
  orderId: '0198f0b2-7a4e-7c3d-9d55-2f6f1f0f7a10',
  customer: 'ALFKI',
  lines: [
    { productId: 11, quantity: 12, unitPrice: 1400 },
    { productId: 42, quantity: 10, unitPrice: 980 },
    { productId: 72, quantity: 5, unitPrice: 3480 },
  ],
  total: 44000,
  currency: 'USD',
})

const trace = '00-0af7651916cd43dd8448eb211c80319c-19ec29a58623947d-01'
const envelope =
  `{"data":${order},"datacontenttype":"application/json","id":"f3b968a7-8205-4b38-8afc-f83c2d0bcb4a",` +
  `"pubsubname":"${pubsub}","source":"orders","specversion":"1.0","time":"2026-11-23T07:49:02Z",` +
  `"topic":"${topicOf(0)}","traceid":"${trace}","traceparent":"${trace}","tracestate":"",` +
  `"type":"com.dapr.event.sent"}`

/** What daprd 1.18.2 sends for one event, byte for byte as it was seen on the wire. */
export const delivery = post(`/${pubsub}--${topicOf(0)}--default`, envelope, [
  'User-Agent: Go-http-client/1.1',
  `Content-Length: ${envelope.length}`,
  'Content-Type: application/cloudevents+json',
  'Pubsubname: pubsub',
  'Traceparent: 00-0af7651916cd43dd8448eb211c80319c-f6665bcee9babf54-01',
  'Accept-Encoding: gzip',
])

/** What both sides answer to an event that was handled. */
export const acknowledged = { start: 'HTTP/1.1 200', end: '{"status":"SUCCESS"}' }

/** Publishes one event through the sidecar. */
export function publishRequest(topic: string): string {
  return post(`/v1.0/publish/${pubsub}/${topic}`, order, [
    `Content-Length: ${order.length}`,
    'Content-Type: application/json',
  ])
}

/** What the sidecar answers once the broker has the event. */
export const published = { start: 'HTTP/1.1 204', end: '\r\n\r\n' }

function post(path: string, body: string, headers: string[]): string {
  return [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', body].join('\r\n')
}
