/**
 * Dapr's ETags are bare words, HTTP's are quoted strings (RFC 9110, section 8.8.3).
 * `toHttp` and `fromHttp` translate; an unquoted or weak one from a client is taken too.
 */
export function toHttp(etag: string): string {
  return `"${etag}"`
}

export function fromHttp(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"(.*)"$/, '$1')
}
