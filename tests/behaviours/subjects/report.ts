import type { Calls, FromSubject, Outcome, Report, ToSubject } from './protocol.ts'

// No subject outlives the observer, however that ends.
process.once('disconnect', () => process.exit())

/** Tells the observer what a handler was called with. */
export function report(handler: string, data: unknown, given: unknown): void {
  const report: Report = { handler, data, given }
  tell({ report })
}

/** Does what the observer asks for, from now on; the observer waits for this. */
export function ready(calls: Calls): void {
  process.on('message', async ({ id, call, args }: ToSubject) => {
    const method = calls[call] as (...args: unknown[]) => Promise<unknown>
    const outcome = await method(...args).then(
      (value): Outcome => ({ resolved: plain(value) }),
      (error): Outcome => ({ rejected: plain(error) as Record<string, unknown> }),
    )
    tell({ id, outcome })
  })
  tell({ ready: true })
}

function tell(message: FromSubject): void {
  process.send?.(message)
}

/** What survives the way to the observer: an error with all its members, which a copy would lose. */
function plain(value: unknown): unknown {
  if (value instanceof Error) {
    const { name, message } = value
    return { ...(plain({ ...value }) as object), name, message }
  }
  if (typeof value === 'function' || typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]))
}
