import type { Behaviour } from '../behaviour.ts'
import type { Peer } from '../peer.ts'

/** An event as the sidecar would deliver it, for somebody else to send. */
function forged(mark: string) {
  const data = { forged: mark }
  const event = { specversion: '1.0', id: mark, type: 'forged', source: 'somebody', topic: 'private', data }
  return {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  }
}

async function wasHandled(peer: Peer, mark: string): Promise<boolean> {
  return (await peer.reports('private')).some(({ data }) => (data as { forged?: string }).forged === mark)
}

export const callbacks: Behaviour[] = [
  {
    id: 'callback-token',
    sentence: 'An event that comes without the app token, or with a wrong one',
    expected: 'is refused with 401',
    async run(peer) {
      const route = await peer.routeOf('private')
      const answers: number[] = []
      for (const token of [undefined, 'wrong']) {
        const request = forged(`token ${token}`)
        const headers = { ...request.headers, ...(token && { 'dapr-api-token': token }) }
        answers.push((await peer.app(route, { ...request, headers })).status)
        if (await wasHandled(peer, `token ${token}`)) return 'reaches the handler'
      }
      return `is refused with ${[...new Set(answers)].join(' and ')}`
    },
  },
  {
    id: 'callback-mesh',
    sentence: 'Another app calls the route of a subscription by service invocation',
    expected: 'is refused with 403',
    async run(peer) {
      const route = await peer.routeOf('private')
      const path = `/v1.0/invoke/${peer.appId}/method${route}`
      const answer = await peer.observer.sidecar.request(path, forged('mesh'))
      return (await wasHandled(peer, 'mesh'))
        ? 'reaches the handler as an event'
        : `is refused with ${answer.status}`
    },
  },
  {
    id: 'callback-health',
    sentence: "The probe of daprd's health check, `/healthz`",
    expected: 'is answered with 204',
    async run(peer) {
      return `is answered with ${(await peer.app('/healthz')).status}`
    },
  },
]
