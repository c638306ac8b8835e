import { Problem } from '@shop/chassis/problem'
import { Type } from '@sinclair/typebox'
import { Elysia, status } from 'elysia'
import { endpoint, route } from 'elysia-dapr'
import { ConflictError } from './conflict.ts'
import { type DeadLetter, listDeadLetters } from './dead-letters.ts'
import type { Inbox, InboxJournal } from './inbox.ts'
import type { Journal } from './journal.ts'
import { listParked, release } from './parked.ts'
import type { Projector } from './projector.ts'
import { replay } from './replay.ts'
import type { JournalTables } from './schema.ts'

// What `bun run deadletters` and `bun run projection` ask of a service. Services in other languages have the same.

const Letter = Type.Object({
  source: Type.String(),
  topic: Type.String(),
  id: Type.String(),
  event: Type.Unknown(),
  receivedAt: Type.String(),
})

export const getDeadLetters = endpoint({
  method: 'GET',
  path: '/operations/dead-letters',
  response: Type.Array(Letter),
})

/** Without `ids` it is all of them. */
export const replayDeadLetters = endpoint({
  method: 'POST',
  path: '/operations/dead-letters/replay',
  body: Type.Object({ ids: Type.Optional(Type.Array(Type.String())) }),
  response: Type.Object({
    replayed: Type.Integer(),
    failed: Type.Array(Type.Object({ id: Type.String(), reason: Type.String() })),
  }),
})

export const getParked = endpoint({
  method: 'GET',
  path: '/operations/parked',
  response: Type.Array(
    Type.Object({
      topic: Type.String(),
      key: Type.String(),
      version: Type.Integer(),
      previous: Type.Integer(),
      parkedAt: Type.String(),
    }),
  ),
})

export const releaseParked = endpoint({
  method: 'POST',
  path: '/operations/parked/release',
  body: Type.Object({ topic: Type.String(), key: Type.String() }),
  response: Type.Object({ released: Type.Integer() }),
})

export const rebuildProjection = endpoint({
  method: 'POST',
  path: '/operations/projections/:name/rebuild',
  params: Type.Object({ name: Type.String() }),
  response: Type.Object({ events: Type.Integer() }),
  errors: {
    404: Type.Object({ code: Type.Literal('projection-unknown'), projections: Type.Array(Type.String()) }),
    409: Type.Object({ code: Type.Literal('projection-rebuilt-by-another') }),
  },
})

export interface OperationsDependencies {
  journal: InboxJournal & Journal<Pick<JournalTables, 'outbox'>>
  inbox: Inbox
  appId: string
  /** By name. */
  projectors?: Record<string, Pick<Projector, 'rebuild'>>
}

/** For the people who run the service, on its own port and with its token: other services are refused. */
export function operations({ journal, inbox, appId, projectors = {} }: OperationsDependencies) {
  return new Elysia()
    .onBeforeHandle(function refuseOtherApps({ request }) {
      if (request.headers.has('dapr-caller-app-id')) return status(403, { code: 'forbidden' })
      return undefined
    })
    .use(route(getDeadLetters, () => listDeadLetters(journal)))
    .use(
      route(replayDeadLetters, async ({ body }) => {
        const wanted = (letter: DeadLetter) => body.ids === undefined || body.ids.includes(letter.id)
        return await replay({ journal, inbox, appId }, (await listDeadLetters(journal)).filter(wanted))
      }),
    )
    .use(route(getParked, () => listParked(journal)))
    .use(route(releaseParked, async ({ body }) => ({ released: await release(journal, inbox, body) })))
    .use(
      route(rebuildProjection, async ({ params }) => {
        const projector = projectors[params.name]
        if (!projector) {
          const known = { projections: Object.keys(projectors).sort() }
          throw new Problem(404, 'projection-unknown', `There is no projection ${params.name}.`, known)
        }
        try {
          return { events: await projector.rebuild() }
        } catch (error) {
          if (!(error instanceof ConflictError)) throw error
          throw new Problem(409, 'projection-rebuilt-by-another', 'Somebody else builds it anew.')
        }
      }),
    )
}
