import { isDeepStrictEqual } from 'node:util'
import type { Behaviour } from '../behaviour.ts'
import type { Peer } from '../peer.ts'

/** Another app calls this one. */
async function invoke(peer: Peer, path: string, init: RequestInit = {}, timeout = 10_000): Promise<Response> {
  return await peer.observer.sidecar.request(`/v1.0/invoke/${peer.appId}/method${path}`, init, { timeout })
}

async function answerOf(peer: Peer, path: string): Promise<string> {
  const answer = await invoke(peer, path)
  const body = await answer.text()
  return `${answer.status} and ${body === '' ? 'no body' : `\`${body}\``}`
}

export const served: Behaviour[] = [
  {
    id: 'served-charset',
    sentence: 'A body of the type `application/json; charset=utf-8`',
    expected: 'arrives as JSON',
    async run(peer) {
      const body = { note: 'Größe ≤ 2 🙂' }
      const headers = { 'content-type': 'application/json; charset=utf-8' }
      await invoke(peer, '/take', { method: 'POST', headers, body: JSON.stringify(body) })
      const { data } = await peer.reported('take')
      return isDeepStrictEqual(data, body) ? 'arrives as JSON' : `arrives as ${JSON.stringify(data)}`
    },
  },
  {
    id: 'served-zero',
    sentence: 'A handler returns `0`',
    expected: 'is answered with 200 and `0`',
    run: async peer => `is answered with ${await answerOf(peer, '/zero')}`,
  },
  {
    id: 'served-nothing',
    sentence: 'A handler returns nothing',
    expected: 'is answered with 204 and no body',
    run: async peer => `is answered with ${await answerOf(peer, '/nothing')}`,
  },
  {
    id: 'served-throw',
    sentence: 'A handler throws',
    expected: 'is answered with 500',
    fatal: true,
    async run(peer) {
      const answer = await invoke(peer, '/throw', {}, 3_000).catch(() => undefined)
      if (!(await peer.isAlive())) return 'ends the process'
      return answer ? `is answered with ${answer.status}` : 'is not answered within 3 s'
    },
  },
]
