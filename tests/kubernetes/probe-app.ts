// One more consumer of the shop's events, beside an injected sidecar. It runs in an image of the shop, without anything
// but what Bun has, and tells the test what came. Loopback alone: the test comes by a port forward, daprd from its pod.
const pubsub = 'swap-pubsub'
const topic = 'swap-probe'
const boot = crypto.randomUUID()
const arrivals: object[] = []
const orders: unknown[] = []
const sentAt = new Map<string, number>()
let isHolding = false
let isEnding = false

const now = () => performance.timeOrigin + performance.now()
const never = () => new Promise<Response>(() => undefined)
const done = () => Response.json({ status: 'SUCCESS' })

async function publishKey(key: string, numbers: number): Promise<void> {
  const headers = { 'dapr-api-token': process.env.DAPR_API_TOKEN ?? '', 'content-type': 'application/json' }
  for (let number = 1; number <= numbers; number++) {
    sentAt.set(`${key} ${number}`, now())
    const url = `http://127.0.0.1:3500/v1.0/publish/${pubsub}/${topic}?metadata.partitionKey=${key}`
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ key, number }) })
    if (!answer.ok) throw new Error(`publishing was answered ${answer.status}: ${await answer.text()}`)
  }
}

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.APP_PORT),
  idleTimeout: 120,
  routes: {
    '/healthz': () => new Response('ok'),
    '/dapr/subscribe': () =>
      Response.json([
        { pubsubname: pubsub, topic, route: '/own' },
        { pubsubname: pubsub, topic: 'orders', route: '/orders' },
      ]),
    '/own': async request => {
      const { data } = (await request.json()) as { data: { key: string; number: number } }
      arrivals.push({ ...data, at: now(), sentAt: sentAt.get(`${data.key} ${data.number}`) ?? null })
      return isHolding ? await never() : done()
    },
    '/orders': async request => {
      if (isEnding) return await never()
      orders.push(await request.json())
      return done()
    },
    '/publish': async request => {
      const { keys, numbers } = (await request.json()) as { keys: string[]; numbers: number }
      await Promise.all(keys.map(key => publishKey(key, numbers)))
      return done()
    },
    '/hold': () => {
      isHolding = true
      return done()
    },
    // what is answered from now on, the test would not learn any more
    '/end': () => {
      isHolding = true
      isEnding = true
      return done()
    },
    '/came': request => {
      const { searchParams } = new URL(request.url)
      const from = (name: string) => (searchParams.get('boot') === boot ? Number(searchParams.get(name)) : 0)
      return Response.json({
        boot,
        now: now(),
        arrivals: arrivals.slice(from('arrivals')),
        orders: orders.slice(from('orders')),
      })
    },
  },
  fetch: () => new Response(null, { status: 404 }),
})
