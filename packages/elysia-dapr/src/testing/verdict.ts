/** What daprd makes of an answer: done, to be delivered again, or given up (and to the dead-letter topic, if any). */
export type Verdict = 'SUCCESS' | 'RETRY' | 'DROP'

/** Of one event. Source: https://docs.dapr.io/reference/api/pubsub_api/#expected-http-response */
export async function eventVerdict(answer: Response): Promise<Verdict> {
  if (answer.status === 404) return 'DROP'
  if (!answer.ok) return 'RETRY'
  const body = await readJson(answer)
  if (body !== null && (typeof body !== 'object' || Array.isArray(body))) return 'SUCCESS'
  const status = member(body, 'status') ?? ''
  if (typeof status !== 'string' || status === '') return 'SUCCESS'
  return isVerdict(status) ? status : 'RETRY'
}

/**
 * Of each entry of a bulk delivery, in the order of `entryIds`. An entry that is not answered is delivered again: the
 * opposite of a single event.
 */
export async function bulkVerdicts(answer: Response, entryIds: string[]): Promise<Verdict[]> {
  const all = (verdict: Verdict) => entryIds.map(() => verdict)
  if (answer.status === 404) return all('DROP')
  if (!answer.ok) return all('RETRY')
  const statuses = member(await readJson(answer), 'statuses')
  if (!Array.isArray(statuses)) return all('RETRY')
  const given = new Map(statuses.map(entry => [member(entry, 'entryId'), member(entry, 'status')]))
  return entryIds.map(id => {
    const status = given.get(id)
    return isVerdict(status) ? status : 'RETRY'
  })
}

/** 404 is a job that is lost: daprd takes it for done. Source: https://docs.dapr.io/reference/api/jobs_api/ */
export function jobVerdict({ ok, status }: Response): Verdict {
  if (status === 404) return 'DROP'
  return ok ? 'SUCCESS' : 'RETRY'
}

function isVerdict(status: unknown): status is Verdict {
  return status === 'SUCCESS' || status === 'RETRY' || status === 'DROP'
}

/** `undefined` for what is no JSON. */
async function readJson(answer: Response): Promise<unknown> {
  try {
    return JSON.parse(await answer.text())
  } catch {
    return undefined
  }
}

/** Go reads the names of members in any case. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  const key = Object.keys(value).findLast(key => key.toLowerCase() === name.toLowerCase())
  return key === undefined ? undefined : (value as Record<string, unknown>)[key]
}
