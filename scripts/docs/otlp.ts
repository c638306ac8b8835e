import { createFileRegistry, fromBinary, fromJson, toJson } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import type { Span } from './recording.ts'

/** What of an export request is read. Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
interface ExportRequest {
  resourceSpans?: {
    resource?: { attributes?: Attribute[] }
    scopeSpans?: { spans?: OtlpSpan[] }[]
  }[]
}

interface Attribute {
  key: string
  value?: { stringValue?: string; intValue?: string | number }
}

interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes?: Attribute[]
}

/**
 * The spans of an export request, which SDKs send as JSON or as protobuf.
 * @throws Error for what is neither
 */
export function spansOf(contentType: string, body: Uint8Array): Span[] {
  if (contentType.startsWith('application/json')) {
    return read(JSON.parse(new TextDecoder().decode(body)), id => id.toLowerCase())
  }
  if (contentType !== 'application/x-protobuf') throw new Error(`spans came as ${contentType}`)
  const request = toJson(exportRequest(), fromBinary(exportRequest(), body)) as unknown as ExportRequest
  // JSON of protobuf has bytes in base64, that of OTLP has ids in hexadecimal
  return read(request, id => Buffer.from(id, 'base64').toString('hex'))
}

function read({ resourceSpans = [] }: ExportRequest, idOf: (text: string) => string): Span[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const service = valuesOf(resource?.attributes)['service.name'] ?? ''
    return scopeSpans.flatMap(({ spans = [] }) =>
      spans.map(span => ({
        service,
        name: span.name,
        traceId: idOf(span.traceId),
        spanId: idOf(span.spanId),
        ...(span.parentSpanId && { parentSpanId: idOf(span.parentSpanId) }),
        start: milliseconds(span.startTimeUnixNano),
        end: milliseconds(span.endTimeUnixNano),
        attributes: valuesOf(span.attributes),
      })),
    )
  })
}

function valuesOf(attributes: Attribute[] = []): Record<string, string> {
  return Object.fromEntries(
    attributes.flatMap(({ key, value }) =>
      wanted.has(key) ? [[key, String(value?.stringValue ?? value?.intValue ?? '')]] : [],
    ),
  )
}

/** Of the attributes, those that tell what a span is about. */
const wanted = new Set([
  'service.name',
  'http.response.status_code',
  'rpc.response.status_code',
  'messaging.message.id',
  'dapr.workflow.instance_id',
])

/** To a thousandth: a number cannot hold the nanoseconds since 1970. */
function milliseconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds) / 1_000n) / 1_000
}

/** Source: opentelemetry/proto/trace/v1/trace.proto, the fields that are read. */
function exportRequest() {
  const field = (number: number, name: string, type: string, typeName?: string) => ({
    number,
    name,
    jsonName: name,
    type: `TYPE_${type}`,
    label: 'LABEL_OPTIONAL',
    ...(typeName && { typeName: `.otlp.${typeName}` }),
  })
  const many = (number: number, name: string, typeName: string) => ({
    ...field(number, name, 'MESSAGE', typeName),
    label: 'LABEL_REPEATED',
  })
  const file = fromJson(FileDescriptorProtoSchema, {
    name: 'otlp.proto',
    package: 'otlp',
    syntax: 'proto3',
    messageType: [
      { name: 'Request', field: [many(1, 'resourceSpans', 'ResourceSpans')] },
      {
        name: 'ResourceSpans',
        field: [field(1, 'resource', 'MESSAGE', 'Resource'), many(2, 'scopeSpans', 'ScopeSpans')],
      },
      { name: 'Resource', field: [many(1, 'attributes', 'KeyValue')] },
      { name: 'ScopeSpans', field: [many(2, 'spans', 'Span')] },
      {
        name: 'Span',
        field: [
          field(1, 'traceId', 'BYTES'),
          field(2, 'spanId', 'BYTES'),
          field(4, 'parentSpanId', 'BYTES'),
          field(5, 'name', 'STRING'),
          field(7, 'startTimeUnixNano', 'FIXED64'),
          field(8, 'endTimeUnixNano', 'FIXED64'),
          many(9, 'attributes', 'KeyValue'),
        ],
      },
      { name: 'KeyValue', field: [field(1, 'key', 'STRING'), field(2, 'value', 'MESSAGE', 'AnyValue')] },
      { name: 'AnyValue', field: [field(1, 'stringValue', 'STRING'), field(3, 'intValue', 'INT64')] },
    ],
  })
  const request = createFileRegistry(file, () => undefined).getMessage('otlp.Request')
  if (!request) throw new Error('the description of OTLP lacks its request')
  return request
}
