import { badAnswer, DaprError, LockLostError } from '../errors.ts'
import { postJson } from './post-json.ts'
import { segment } from './segment.ts'
import { assertOk, type CallOptions, readBody, type Sidecar } from './sidecar.ts'

/** How `tryLock` takes a lock. */
export interface LockOptions extends CallOptions {
  /** Seconds, an integer, after which the lock ends by itself: nothing prolongs it. */
  expiry: number
  /** Who holds it; two holders of one name are one to the store. @default a random UUID */
  owner?: string
}

/** A lock that is held until `unlock`, the end of its `await using` scope or its expiry. */
export interface Lock extends AsyncDisposable {
  readonly resource: string
  readonly owner: string
  /** Aborted when the lock has ended by itself; give it to what is done under the lock. */
  readonly signal: AbortSignal
  /**
   * Gives the lock back; the end of an `await using` scope does it as well. Once it has succeeded, it does nothing more.
   * @throws LockLostError when it was not held any more (`LOCK_EXPIRED`) or is held by somebody else (`LOCK_TAKEN`);
   * DaprError: it is held until `expiry` then
   */
  unlock(options?: CallOptions): Promise<void>
}

/**
 * Takes a lock that one holder can have at a time. Resolves with `undefined` when somebody else has it. Does not wait.
 * @throws DaprError; after `TIMEOUT` and `ABORTED` the lock is given back should it have been taken, as far as that can
 * be done and when no `owner` was given, else it may be held until `expiry`
 * @throws TypeError for a store that does not fit into a URL, a resource or an owner that is none, and an expiry that
 * is no positive integer
 * Source: https://docs.dapr.io/reference/api/distributed_lock_api/
 *
 * @example
 * await using lock = await tryLock(sidecar(), 'locks', 'invoice-42', { expiry: 30 })
 * if (!lock) return 'somebody else does it'
 * await bill(42, { signal: lock.signal })
 */
export async function tryLock(
  sidecar: Sidecar,
  store: string,
  resource: string,
  { expiry, owner: givenOwner, ...options }: LockOptions,
): Promise<Lock | undefined> {
  const path = segment('a lock store', store)
  const owner = givenOwner ?? crypto.randomUUID()
  if (resource === '' || resource.includes('||') || owner === '') {
    throw new TypeError(
      `a lock has an owner, and a resource without ||: not ${JSON.stringify([owner, resource])}`,
    )
  }
  if (!(Number.isInteger(expiry) && expiry > 0 && expiry < 2 ** 31)) {
    throw new TypeError(`${expiry} is no expiry of a lock: it is a positive integer, in seconds`)
  }

  async function post(action: string, body: object, call?: CallOptions): Promise<Response> {
    const answer = await postJson(sidecar, `/v1.0-alpha1/${action}/${path}`, body, call)
    return await assertOk(answer, `${action} ${resource} in ${store}`)
  }

  const start = performance.now()
  const request = { resourceId: resource, lockOwner: owner }
  const answer = await post('lock', { ...request, expiryInSeconds: expiry }, options).catch(error => {
    // It may have been taken all the same, for nobody. Another holder of a given name may have it by right.
    if (givenOwner === undefined && isWithoutAnswer(error)) post('unlock', request).catch(() => {})
    throw error
  })
  const taken = await readBody(answer)
  const { success } = (taken ?? {}) as { success?: unknown }
  if (typeof success !== 'boolean') {
    throw new DaprError(`lock ${resource} in ${store}: ${unclear}`, badAnswer(answer, taken))
  }
  if (!success) return undefined
  let held = true
  const ended = new AbortController()
  // Counted from before the call on, so that it is never late.
  const left = Math.min(expiry * 1000 - (performance.now() - start), longestTimer)
  const timer = setTimeout(() => ended.abort(new DOMException('the lock has expired', 'TimeoutError')), left)
  timer.unref()

  async function unlock(call?: CallOptions): Promise<void> {
    if (!held) return
    const answer = await post('unlock', request, call)
    const given = await readBody(answer)
    const { status } = (given ?? {}) as { status?: unknown }
    if (status === 0 || status === 1 || status === 2) held = false
    if (!held) clearTimeout(timer)
    if (status === 0) return
    if (status === 1) {
      throw new LockLostError(`the lock of ${resource} in ${store} had expired`, {
        status: 409,
        code: 'LOCK_EXPIRED',
      })
    }
    if (status === 2) {
      throw new LockLostError(`the lock of ${resource} in ${store} is held by somebody else`, {
        status: 409,
        code: 'LOCK_TAKEN',
      })
    }
    throw new DaprError(`unlock ${resource} in ${store}: ${unclear}`, badAnswer(answer, given))
  }

  return { resource, owner, signal: ended.signal, unlock, [Symbol.asyncDispose]: () => unlock() }
}

/** What a timer can hold, in milliseconds: a longer one is due at once. */
const longestTimer = 2 ** 31 - 1

function isWithoutAnswer(error: unknown): boolean {
  return error instanceof DaprError && (error.code === 'TIMEOUT' || error.code === 'ABORTED')
}

const unclear = 'the answer does not say how it ended'
