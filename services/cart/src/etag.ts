/** Dapr's ETags are bare words, HTTP's are quoted strings (RFC 9110, section 8.8.3). */
export function toHttp(etag: string): string {
  return `"${etag}"`
}

export function fromHttp(etag: string): string {
  return etag.slice(1, -1)
}
