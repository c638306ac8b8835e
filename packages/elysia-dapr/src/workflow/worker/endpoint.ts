/**
 * The origin to connect to for what `DAPR_GRPC_ENDPOINT` may hold: a URL, or `host:port` as gRPC names it, with
 * `?tls=true` for TLS.
 * @throws TypeError for anything else
 * Source: https://docs.dapr.io/reference/environment/
 */
export function grpcOrigin(endpoint: string): string {
  const isUrl = /^https?:\/\//.test(endpoint)
  const address = isUrl ? endpoint : `http://${endpoint.replace(/^dns:(\/\/[^/]*\/)?/, '')}`
  if (URL.canParse(address)) {
    const url = new URL(address)
    const tls = url.protocol === 'https:' || url.searchParams.get('tls') === 'true'
    const port = url.port || (isUrl ? '' : '443')
    if (url.hostname && url.pathname === '/') {
      return `${tls ? 'https' : 'http'}://${url.hostname}${port && `:${port}`}`
    }
  }
  throw new TypeError(`${endpoint} is no gRPC address of a sidecar: it has to look like 127.0.0.1:50001`)
}
