/** A body was sent with a media type that an endpoint does not read. */
export class UnsupportedMediaTypeError extends Error {
  override readonly name = 'UnsupportedMediaTypeError'
  readonly status = 415
  readonly code = 'unsupported-media-type'

  constructor(type: string | null) {
    super(`The body is ${type ? `of the type ${type}` : 'of no type'}: send it as application/json.`)
  }
}

/** Whether a `content-type` says JSON, in any case and with any parameter. Source: RFC 9110, section 8.3.1; RFC 6839, section 3.1 */
export function isJsonType(contentType: string | null): boolean {
  const [type = ''] = (contentType ?? '').split(';')
  return jsonType.test(type.trim())
}

const jsonType = /^(application\/json|[\w!#$&^.+-]+\/[\w!#$&^.+-]+\+json)$/i
