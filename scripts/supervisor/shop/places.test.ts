import { expect, test } from 'bun:test'
import { countProducts } from './places.ts'

const { signal } = new AbortController()

test('an edge that breaks off, hangs or has nothing yet is asked again', async () => {
  let asked = 0
  using edge = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request, server) {
      asked++
      if (asked === 1) return new Promise<never>(() => server.timeout(request, 0))
      if (asked === 2) return new Response('{ broken')
      if (asked === 3) return new Response('no sidecar', { status: 503 })
      return Response.json(asked === 4 ? [] : [1, 2, 3])
    },
  })
  expect(await countProducts(edge.url.origin, signal, { askFor: 50 })).toBe(3)
  expect(asked).toBe(5)
})

test('one that never answers is given up, with what went wrong', async () => {
  const gone = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { origin } = gone.url
  await gone.stop(true)
  const count = countProducts(origin, signal, { patience: 1 })
  await expect(count).rejects.toThrow(`${origin}/products does not answer: `)
  await expect(countProducts(origin, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
})
