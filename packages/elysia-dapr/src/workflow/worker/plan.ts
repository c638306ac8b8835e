import { createHash } from 'node:crypto'
import type { Action, FailureDetails } from './messages.ts'

export type Kind = 'activity' | 'workflow' | 'timer'
export type StepFailure = FailureDetails

interface Step {
  kind: Kind
  name?: string | undefined
  action: (executionId: string) => Action
}

interface Awaited {
  succeed(result: string | undefined): void
  fail(failure: StepFailure): void
}

/** The steps of a turn by number: what the history does not have yet is to be done, what has no result is awaited. */
export class Plan {
  #sequence = 0
  readonly #planned = new Map<number, Step>()
  readonly #awaited = new Map<number, Awaited>()
  readonly #confirmed = new Map<number, Pick<Step, 'kind' | 'name'>>()

  nextId(): number {
    this.#sequence += 1
    return this.#sequence
  }

  /** `action` is made only when it is not in the history. */
  add({ kind, name, action }: Step, awaited: Awaited): number {
    const id = this.nextId()
    this.#planned.set(id, { kind, name, action: executionId => ({ id, ...action(executionId) }) })
    this.#awaited.set(id, awaited)
    return id
  }

  /**
   * daprd 1.18 writes a step into the history twice when it is interrupted as it starts it, as it is whenever the app is
   * taken for unhealthy: the second time says nothing new.
   * @throws NonDeterminismError when the code does not do what its history says that it did
   */
  confirm(id: number, kind: Kind, name: string | undefined): void {
    const confirmed = this.#confirmed.get(id)
    if (confirmed?.kind === kind && confirmed.name === name) return
    const planned = this.#planned.get(id)
    if (planned?.kind !== kind || planned.name !== name) {
      throw new NonDeterminismError(id, describe(kind, name), planned && describe(planned.kind, planned.name))
    }
    this.#planned.delete(id)
    this.#confirmed.set(id, { kind, name })
  }

  /** Results that nobody waits for, such as a repeated one, are ignored. */
  succeed(id: number, result: string | undefined): void {
    const awaited = this.#awaited.get(id)
    this.#awaited.delete(id)
    awaited?.succeed(result)
  }

  fail(id: number, failure: StepFailure): void {
    const awaited = this.#awaited.get(id)
    this.#awaited.delete(id)
    awaited?.fail(failure)
  }

  openActions(executionId: string): Action[] {
    return Array.from(this.#planned.values(), planned => planned.action(executionId))
  }
}

/** The code of a workflow was changed under an instance, or depends on something that is not the same in a replay. */
export class NonDeterminismError extends Error {
  override readonly name = 'NonDeterminismError'

  constructor(id: number, before: string, now: string | undefined) {
    super(
      `step ${id} was ${before} and is ${now ?? 'none'} in this replay: give changed code a new version, and leave clocks, randomness and I/O to activities`,
    )
  }
}

/** A UUID made of a name within a run of an instance. Source: RFC 9562, section 5.8 */
export function deterministicId(executionId: string, name: string): string {
  const hash = createHash('sha256').update(`${executionId}/${name}`).digest().subarray(0, 16)
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function describe(kind: Kind, name: string | undefined): string {
  return name === undefined ? `a ${kind}` : `the ${kind} ${name}`
}
