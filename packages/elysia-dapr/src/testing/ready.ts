import { setTimeout as sleep } from 'node:timers/promises'
import type { Sidecar } from '../client/sidecar.ts'
import type { Process } from './process.ts'

export interface ReadyOptions {
  appId: string
  /** In milliseconds. */
  timeout: number
  waitFor: 'app' | 'outbound'
  /** Of an app whose health daprd probes: what it answers to `GET /dapr/subscribe`. */
  probed: (() => Promise<Response>) | undefined
}

/**
 * Waits until a daprd that was just started is ready.
 * @throws Error with the end of its log when it ends before, or is not ready in time
 */
export async function untilReady(
  client: Sidecar,
  process: Process,
  { appId, timeout, waitFor, probed }: ReadyOptions,
): Promise<void> {
  const deadline = performance.now() + timeout
  const before = process.log().length
  const said = () => process.log().slice(before)
  let end: string | undefined
  void process.ended.then(how => {
    end = how
  })
  // Twice: a component that fails lets daprd be ready for a moment, until all of it has heard of that.
  for (let times = 0; times < 2; ) {
    const isReady = await isReadyNow(client, said(), { waitFor, probed })
    if (end !== undefined)
      throw new Error(`daprd of ${appId} ended (${end}) before it was ready:\n${tail(said())}`)
    if (!isReady && performance.now() > deadline) {
      throw new Error(`daprd of ${appId} was not ready within ${timeout} ms:\n${tail(said())}`)
    }
    times = isReady ? times + 1 : 0
    await sleep(10)
  }
}

async function isReadyNow(
  client: Sidecar,
  log: string,
  { waitFor, probed }: Pick<ReadyOptions, 'waitFor' | 'probed'>,
): Promise<boolean> {
  const path = waitFor === 'app' ? '/v1.0/healthz' : '/v1.0/healthz/outbound'
  const answer = await client.request(path, {}, { timeout: 2_000 }).catch(() => undefined)
  if (!answer?.ok || log.includes('Dapr is shutting down')) return false
  return waitFor === 'outbound' || !probed || (await hasSubscribed(client, log, probed))
}

/** With a health check daprd says that it is ready before it has probed the app, and subscribes only after that. */
async function hasSubscribed(
  client: Sidecar,
  log: string,
  probed: () => Promise<Response>,
): Promise<boolean> {
  if (!log.includes('App entered healthy status')) return false
  const asked = await probed()
  const wanted = asked.ok ? ((await asked.json()) as SubscribedTopic[]) : []
  const metadata = (await (await client.request('/v1.0/metadata')).json()) as {
    subscriptions?: SubscribedTopic[]
  }
  const active = metadata.subscriptions ?? []
  return wanted.every(({ pubsubname, topic }) =>
    active.some(entry => entry.pubsubname === pubsubname && entry.topic === topic),
  )
}

interface SubscribedTopic {
  pubsubname: string
  topic: string
}

function tail(log: string): string {
  return log.slice(-2_000)
}
