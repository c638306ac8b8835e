/** Serves the answers one after another, the last one again and again; gives the requests it saw. */
export function createServe() {
  let server: Bun.Server<undefined> | undefined

  return { serve, stop: async () => await server?.stop(true) }

  function serve(...answers: { status?: number; body?: unknown }[]) {
    const seen: { method: string; path: string; key: string | null; body: string }[] = []
    const last = answers.length - 1
    server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      async fetch(request) {
        const { method, headers, url } = request
        const { pathname: path } = new URL(url)
        seen.push({ method, path, key: headers.get('idempotency-key'), body: await request.text() })
        const { status = 200, body = {} } = answers[Math.min(seen.length - 1, last)] ?? {}
        return Response.json(body, { status })
      },
    })
    return { seen, origin: server.url.origin }
  }
}
