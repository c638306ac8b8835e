import { eventually } from '../../conformance/environment.ts'
import type { Behaviour } from '../behaviour.ts'
import { patience } from '../patience.ts'
import type { Peer } from '../peer.ts'
import { errorOf } from './failure.ts'

/** Schedules a job for now, which is tried a second time when it fails. */
async function schedule({ sidecar }: Peer, name: string): Promise<void> {
  const failurePolicy = { constant: { interval: '1s', maxRetries: 1 } }
  const body = JSON.stringify({ dueTime: '0s', data: { name }, failurePolicy })
  const headers = { 'content-type': 'application/json' }
  const answer = await sidecar.request(`/v1.0/jobs/${name}`, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`schedule ${name}: ${answer.status} ${await answer.text()}`)
}

/** Until the scheduler has done with a job. */
async function untilDone({ sidecar }: Peer, name: string): Promise<void> {
  const isDone = async () => !(await sidecar.request(`/v1.0/jobs/${name}`)).ok || undefined
  await eventually(isDone, { what: `the job ${name} is done`, within: patience })
}

export const jobs: Behaviour[] = [
  {
    id: 'job-due',
    sentence: 'A job that is due',
    expected: 'is handled',
    async run(peer) {
      await schedule(peer, 'tidy')
      await untilDone(peer, 'tidy')
      return (await peer.reports('tidy')).length > 0
        ? 'is handled'
        : 'is lost: there are no handlers for jobs'
    },
  },
  {
    id: 'job-unknown',
    sentence: 'A job that is due and has no handler, as during a roll-out',
    expected: 'fails, and is tried again',
    async run(peer) {
      await schedule(peer, 'unknown')
      await untilDone(peer, 'unknown')
      // What daprd says of the app's answer, once for each attempt.
      const attempts = peer.sidecar.log().match(/msg="(?!failed)[^"]* triggered job unknown\./g)?.length
      return attempts === 1
        ? 'counts as done, and is lost'
        : attempts
          ? 'fails, and is tried again'
          : 'is not tried'
    },
  },
  {
    id: 'job-schedule',
    sentence: 'Scheduling a job without data',
    expected: 'the job is delivered',
    async run({ name, call, observer }) {
      const outcome = await call('scheduleJob', [`cleanup-${name}`])
      const error = errorOf(outcome)
      if (error) return String(error.message)
      const isDelivered = () => observer.jobs.has(`cleanup-${name}`) || undefined
      await eventually(isDelivered, { what: 'the job is delivered', within: patience })
      return 'the job is delivered'
    },
  },
  {
    id: 'binding-metadata',
    sentence: 'What an input binding tells beside the data, such as `readTimeUTC` of `bindings.cron`',
    expected: 'is given to the handler',
    async run(peer) {
      const { given } = await peer.reported('tick')
      return /readtimeutc/i.test(JSON.stringify(given))
        ? 'is given to the handler'
        : 'is kept from the handler'
    },
  },
]
