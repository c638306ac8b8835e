import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Shop, startShop, until } from '../../tests/shop/shop.ts'
import { type Collector, startCollector } from './collector.ts'
import { listen, type Message } from './mqtt.ts'
import { type HistoryEntry, type Published, type Recording, recordedAt, type Span } from './recording.ts'
import { isOfOrders } from './spans.ts'

// Starts the shop, places an order of Northwind twice, the second time with a card that is declined, and keeps what was
// seen of them: spans, events at the broker, and the event log of the order.

const patience = 60_000

/** Order 10251 of Northwind: the first one whose goods are all still sold, and there twice. */
const goods = {
  customerId: 'VICTE',
  country: 'France',
  lines: [
    { productId: 22, quantity: 6 },
    { productId: 57, quantity: 15 },
    { productId: 65, quantity: 20 },
  ],
}

/** Who handles what: when each has told of each event, nothing more comes. */
const consumers: Record<string, string[]> = {
  orders: ['insights', 'inventory', 'payments'],
  payments: ['insights'],
  reservations: ['orders'],
}

interface Recorder {
  shop: Shop
  collector: Collector
  messages: Message[]
}

/**
 * Places one order while nothing else happens, and waits until every event of it is handled.
 * @param last types of the events that come last, of each service that publishes
 * @returns what was seen, once the shop has ended: until then spans are on their way
 */
async function record({ shop, collector, messages }: Recorder, last: string[]): Promise<() => Recording> {
  const begin = Date.now()
  const messagesBefore = messages.length
  const headers = { 'idempotency-key': crypto.randomUUID(), traceparent: traceparent('01') }
  const { id } = (await ask(shop, '/orders', 'POST', goods, headers)) as { id: string }

  const published = () => messages.slice(messagesBefore).map(toPublished)
  const spans = () => collector.spans.filter(span => span.start >= begin && isOfOrders(span))
  const hasLast = () => last.every(type => published().some(event => event.type === type))
  await until(`${last.join(', ')} are published`, hasLast, patience)
  const isComplete = () => missing(spans(), published()).length === 0
  await until('every consumer has told of every event', isComplete, patience)
  const { status, reason } = (await ask(shop, `/orders/${id}`)) as { status: string; reason?: string }
  const history = (await ask(shop, `/orders/${id}/history`)) as HistoryEntry[]
  const events = published()
  const end = Date.now()
  return () => ({
    orderId: id,
    status,
    ...(reason !== undefined && { reason }),
    spans: spans()
      .filter(({ start }) => start <= end)
      .sort((one, other) => one.start - other.start),
    published: events,
    history,
  })
}

/** Spans that are still to come. */
function missing(spans: Span[], published: Published[]): string[] {
  const seen = new Set(
    spans.flatMap(({ service, name, attributes }) => [
      `${service} ${name}`,
      `${service} ${attributes['messaging.message.id']}`,
    ]),
  )
  const handled = published.flatMap(({ topic, id }) => (consumers[topic] ?? []).map(app => `${app} ${id}`))
  return ['gateway POST /orders', ...handled].filter(wanted => !seen.has(wanted))
}

function toPublished({ payload, at }: Message): Published {
  const { topic, id, source, data, traceparent } = JSON.parse(payload)
  const [, traceId, spanId] = traceparent.split('-')
  return { topic, id, source, type: data.type, at, traceId, spanId }
}

/** Answers of the public edge. What is asked only to watch is not sampled, and so leaves no spans. */
async function ask(
  { gateway }: Shop,
  path: string,
  method = 'GET',
  body?: unknown,
  headers: Record<string, string> = { traceparent: traceparent('00') },
): Promise<unknown> {
  const answer = await fetch(gateway + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
  return text && JSON.parse(text)
}

function traceparent(flags: '00' | '01'): string {
  const hex = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex')
  return `00-${hex(16)}-${hex(8)}-${flags}`
}

function brokerUrl(home: string): string {
  const secrets = JSON.parse(readFileSync(join(home, '.local/run/secrets.json'), 'utf8'))
  return secrets['broker-url']
}

/** Both orders in one shop, which has ended when this returns. */
async function recordBoth(collector: Collector): Promise<Record<string, () => Recording>> {
  await using shop = await startShop({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
  const messages: Message[] = []
  const listener = await listen(brokerUrl(shop.home), Object.keys(consumers), message =>
    messages.push(message),
  )
  const recorder = { shop, collector, messages }
  try {
    const confirmed = await record(recorder, ['order-confirmed', 'payment-captured', 'stock-fulfilled'])
    await ask(shop, `/cards/${goods.customerId}`, 'PUT', { token: 'tok_declined' })
    const rejected = await record(recorder, ['order-rejected', 'payment-declined', 'stock-released'])
    return { confirmed, rejected }
  } finally {
    listener.stop()
  }
}

await using collector = startCollector()
for (const [name, recording] of Object.entries(await recordBoth(collector))) {
  await Bun.write(recordedAt(name), `${JSON.stringify(recording(), null, 2)}\n`)
}
console.log("recorded. 'bun run generate' renders docs/life-of-an-order.md of it.")
