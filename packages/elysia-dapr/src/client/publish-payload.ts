import { isJsonType } from '../json-type.ts'

export interface Payload {
  body: string | Uint8Array<ArrayBuffer>
  contentType: string
}

/**
 * The bytes or the text of the data.
 * @throws TypeError for data that its media type cannot hold
 */
export function payloadOf(data: unknown, contentType = defaultType(data)): Payload {
  if (data instanceof Uint8Array) return { body: data as Uint8Array<ArrayBuffer>, contentType }
  if (isJsonType(contentType)) {
    const body: string | undefined = JSON.stringify(data)
    if (body === undefined)
      throw new TypeError(`JSON cannot hold ${typeof data}: an event without data has null`)
    return { body, contentType }
  }
  if (typeof data === 'string') return { body: data, contentType }
  throw new TypeError(
    `${typeof data} is no data of the type ${contentType}: make it a string or a Uint8Array`,
  )
}

function defaultType(data: unknown): string {
  return data instanceof Uint8Array ? 'application/octet-stream' : 'application/json'
}

/** Whether daprd makes the right envelope of it: of anything else it makes a text, or refuses it in a bulk. */
export function isPlain({ body, contentType }: Payload): boolean {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (body instanceof Uint8Array) return type === 'application/octet-stream'
  return type === 'application/json' || type === 'application/xml' || type.startsWith('text/')
}

export function toBase64({ body }: Payload): string {
  if (typeof body === 'string') return Buffer.from(body).toString('base64')
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
}
