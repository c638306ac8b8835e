import { ShopError } from '../supervisor/shop-error.ts'
import { bodyOf, type Operated } from './operator.ts'
import { table } from './table.ts'

export interface Letter {
  service: string
  source: string
  topic: string
  id: string
  receivedAt: string
  event: unknown
}

export interface Waiting {
  service: string
  topic: string
  key: string
  version: number
  previous: number
  parkedAt: string
}

export interface Kept {
  deadLetters: Letter[]
  parked: Waiting[]
  /** Names of the services that were asked: the others keep nothing. */
  services: string[]
}

/** @throws ShopError when one of the services does not answer */
export async function readKept(services: readonly Operated[]): Promise<Kept> {
  const answers = await Promise.all(
    services.map(async ({ name, ask }) => {
      const letters = bodyOf<Letter[]>(name, await ask('/operations/dead-letters'))
      if (!letters) return undefined
      const parked = bodyOf<Waiting[]>(name, await ask('/operations/parked')) ?? []
      return { name, letters, parked }
    }),
  )
  const known = answers.filter(answer => answer !== undefined)
  return {
    deadLetters: known.flatMap(({ name, letters }) => letters.map(letter => ({ ...letter, service: name }))),
    parked: known.flatMap(({ name, parked }) => parked.map(event => ({ ...event, service: name }))),
    services: known.map(({ name }) => name),
  }
}

export function keptTable({ deadLetters, parked }: Kept): string {
  const letters = deadLetters.map(({ service, id, topic, source, receivedAt }) => [
    ...[service, id, topic, source, receivedAt],
  ])
  const waiting = parked.map(({ service, topic, key, version, previous, parkedAt }) => [
    ...[service, topic, key, `${version}`, `${previous}`, parkedAt],
  ])
  const parts = [
    letters.length > 0 && `Dead letters\n${table(['service', 'id', 'topic', 'from', 'since'], letters)}`,
    waiting.length > 0 &&
      `Parked\n${table(['service', 'topic', 'key', 'version', 'waits for', 'since'], waiting)}`,
  ]
  return parts.filter(Boolean).join('\n\n') || 'No dead letters, and no event waits.'
}

export interface Replayed {
  service: string
  replayed: number
  failed: { id: string; reason: string }[]
}

/**
 * Replays the dead letters that have one of the ids; all without ids.
 * @throws ShopError when there is none with one of the ids
 */
export async function replayLetters(
  services: readonly Operated[],
  ids: readonly string[] | undefined,
): Promise<Replayed[]> {
  const { deadLetters } = await readKept(services)
  const missing = ids?.find(id => !deadLetters.some(letter => letter.id === id))
  if (missing !== undefined) throw noLetter(missing)
  const results: Replayed[] = []
  for (const { name, ask } of services) {
    const own = deadLetters.filter(({ service, id }) => service === name && (ids?.includes(id) ?? true))
    if (own.length === 0) continue
    const reply = await ask('/operations/dead-letters/replay', { ids: own.map(({ id }) => id) })
    const result = bodyOf<Omit<Replayed, 'service'>>(name, reply)
    if (result) results.push({ service: name, replayed: result.replayed, failed: result.failed })
  }
  return results
}

export function replayedText(results: readonly Replayed[]): string {
  const lines = results.flatMap(({ service, replayed, failed }) => [
    ...(replayed > 0 ? [`${service}: ${replayed} replayed`] : []),
    ...failed.map(({ id, reason }) => `${service}: ${id} stays a dead letter: ${reason}`),
  ])
  return lines.join('\n') || 'There was nothing to replay.'
}

/** @throws ShopError for a service that cannot, or when no event of the key waits */
export async function releaseWaiting({ name, ask }: Operated, topic: string, key: string): Promise<number> {
  const reply = await ask('/operations/parked/release', { topic, key })
  const result = bodyOf<{ released: number }>(name, reply)
  if (!result) throw new ShopError(`${name} has no parked events that could be released.`)
  if (result.released > 0) return result.released
  throw new ShopError(`No event of ${topic} ${key} waits in ${name}. 'bun run deadletters' lists what does.`)
}

export function noLetter(id: string): ShopError {
  return new ShopError(`There is no dead letter ${id}. 'bun run deadletters' lists them.`)
}

/** @throws ShopError for a name that is none */
export function serviceNamed(services: readonly Operated[], name: string): Operated {
  const found = services.find(service => service.name === name)
  if (found) return found
  throw new ShopError(
    `There is no service ${name}. Use one of: ${services.map(each => each.name).join(', ')}.`,
  )
}
