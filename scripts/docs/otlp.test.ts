import { expect, test } from 'bun:test'
import { spansOf } from './otlp.ts'

const span = {
  service: 'shipping',
  name: 'Quote',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentSpanId: '00f067aa0ba902b7',
  start: 1_700_000_000_000.25,
  end: 1_700_000_000_001,
  attributes: { 'messaging.message.id': 'e1' },
}

test('spans are read from JSON, whose ids may be in upper case', () => {
  const request = {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shipping' } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: span.traceId.toUpperCase(),
                spanId: span.spanId,
                parentSpanId: span.parentSpanId,
                name: 'Quote',
                startTimeUnixNano: '1700000000000250000',
                endTimeUnixNano: '1700000000001000000',
                attributes: [
                  { key: 'messaging.message.id', value: { stringValue: 'e1' } },
                  { key: 'server.address', value: { stringValue: '127.0.0.1' } },
                ],
              },
            ],
          },
        ],
      },
    ],
  }
  expect(spansOf('application/json', new TextEncoder().encode(JSON.stringify(request)))).toEqual([span])
})

test('spans are read from protobuf', () => {
  const part = (no: number, body: Buffer) => Buffer.concat([Buffer.from([(no << 3) | 2, body.length]), body])
  const time = (no: number, nanoseconds: bigint) => {
    const bytes = Buffer.alloc(9, (no << 3) | 1)
    bytes.writeBigUInt64LE(nanoseconds, 1)
    return bytes
  }
  const attribute = (no: number, key: string, value: string) =>
    part(no, Buffer.concat([part(1, Buffer.from(key)), part(2, part(1, Buffer.from(value)))]))
  const encoded = Buffer.concat([
    part(1, Buffer.from(span.traceId, 'hex')),
    part(2, Buffer.from(span.spanId, 'hex')),
    part(4, Buffer.from(span.parentSpanId, 'hex')),
    part(5, Buffer.from('Quote')),
    time(7, 1_700_000_000_000_250_000n),
    time(8, 1_700_000_000_001_000_000n),
    attribute(9, 'messaging.message.id', 'e1'),
  ])
  const resource = part(1, attribute(1, 'service.name', 'shipping'))
  // longer than 127 bytes: its length takes two
  const spans = part(2, encoded)
  const scope = Buffer.concat([Buffer.from([0x12, (spans.length & 127) | 128, spans.length >> 7]), spans])
  const all = Buffer.concat([resource, scope])
  const request = Buffer.concat([Buffer.from([0x0a, (all.length & 127) | 128, all.length >> 7]), all])
  expect(spansOf('application/x-protobuf', request)).toEqual([span])
})

test('anything else is refused', () => {
  expect(() => spansOf('text/plain', new Uint8Array())).toThrow('text/plain')
})
