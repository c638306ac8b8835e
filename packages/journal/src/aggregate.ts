import { eq } from 'drizzle-orm'
import type { ChangeSet, NewEvent } from './change-set.ts'
import { retryOnConflict } from './conflict.ts'
import { readStream } from './event-store.ts'
import type { Journal } from './journal.ts'
import type { JournalTables } from './schema.ts'
import { currentSchema, type Upcasters, upcast } from './upcast.ts'

/**
 * The rules of an aggregate, without I/O and clock: `decide` says what happens, or throws; `evolve` what that makes of
 * the state, and never throws. Events have a `type`, the rest is their data.
 */
export interface Decider<State, Command, Event extends { type: string }> {
  initial: State
  decide(command: Command, state: State): Event[]
  evolve(state: State, event: Event): State
}

/** An aggregate as it was read. `version` 0: there is none. */
export interface Loaded<State> {
  state: State
  version: number
}

/** What a decision led to. `events` is empty when there was nothing to change. */
export interface Decided<State, Event> extends Loaded<State> {
  events: Event[]
  before: Loaded<State>
}

export interface AggregateOptions<State, Command, Event extends { type: string }> {
  journal: Journal<Pick<JournalTables, 'events' | 'snapshots'>>
  decider: Decider<State, Command, Event>
  upcasters?: Upcasters
  /** A snapshot is written each time a stream has grown by so many events. @default 100 */
  snapshotEvery?: number
  /** To be raised when the shape of the state changes: older snapshots are ignored. @default 1 */
  stateVersion?: number
  now?: () => Date
}

/** What a change commits beside the events: read model, outbox, … */
export type Beside<State, Event> = (
  decided: Decided<State, Event>,
) => Omit<ChangeSet, 'stream' | 'expectedVersion' | 'events' | 'snapshot'>

export interface Aggregate<State, Command, Event> {
  load(id: string): Promise<Loaded<State>>
  /**
   * Decides on the state as it is, and commits what that leads to; again when somebody else was faster.
   * @throws what `decide` throws; ConflictError when somebody else was faster again and again, or what is committed
   * beside breaks a constraint
   */
  execute(
    id: string,
    command: Command,
    beside?: Beside<State, Event>,
  ): Promise<Decided<State, Event> & { position?: number }>
  /** The same without the commit: the change, for an inbox to commit with its note. Undefined when there is none. */
  decide(id: string, command: Command, beside?: Beside<State, Event>): Promise<ChangeSet | undefined>
}

/** Aggregates of one kind, each kept as the stream of its events. */
export function aggregate<State, Command, Event extends { type: string }>({
  journal,
  decider,
  upcasters = {},
  snapshotEvery = 100,
  stateVersion = 1,
  now = () => new Date(),
}: AggregateOptions<State, Command, Event>): Aggregate<State, Command, Event> {
  const { snapshots } = journal.tables

  async function load(id: string): Promise<Loaded<State>> {
    const [kept] = await journal.database.select().from(snapshots).where(eq(snapshots.stream, id))
    const usable = kept?.schema === stateVersion ? kept : undefined
    const from = { state: (usable?.state as State) ?? decider.initial, version: usable?.version ?? 0 }
    const stored = await readStream(journal, id, { after: from.version })
    return stored.reduce<Loaded<State>>(
      ({ state }, event) => ({
        state: decider.evolve(state, {
          ...(upcast(upcasters, event) as object),
          type: event.type,
        } as Event),
        version: event.version,
      }),
      from,
    )
  }

  function toNewEvent({ type, ...data }: Event): NewEvent {
    return { type, schema: currentSchema(upcasters, type), data, at: now().toISOString() }
  }

  function snapshotOf({ state, version }: Loaded<State>, before: number): Pick<ChangeSet, 'snapshot'> {
    const isDue = Math.floor(version / snapshotEvery) > Math.floor(before / snapshotEvery)
    return isDue ? { snapshot: { version, schema: stateVersion, state } } : {}
  }

  async function prepare(id: string, command: Command, beside: Beside<State, Event>) {
    const before = await load(id)
    const events = decider.decide(command, before.state)
    const after: Loaded<State> = {
      state: events.reduce(decider.evolve, before.state),
      version: before.version + events.length,
    }
    const decided = { ...after, events, before }
    if (events.length === 0) return { decided }
    const change: ChangeSet = {
      ...beside(decided),
      stream: id,
      expectedVersion: before.version,
      events: events.map(toNewEvent),
      ...snapshotOf(after, before.version),
    }
    return { decided, change }
  }

  return {
    load,
    execute: (id, command, beside = () => ({})) =>
      retryOnConflict(async () => {
        const { decided, change } = await prepare(id, command, beside)
        const outcome = change && (await journal.commit(change))
        return outcome?.status === 'committed' && outcome.position !== undefined
          ? { ...decided, position: outcome.position }
          : decided
      }),
    decide: async (id, command, beside = () => ({})) => (await prepare(id, command, beside)).change,
  }
}
