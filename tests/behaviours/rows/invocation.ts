import { isDeepStrictEqual } from 'node:util'
import { freePorts } from '../../../packages/elysia-dapr/src/testing/ports.ts'
import type { Behaviour } from '../behaviour.ts'
import { errorOf, failure } from './failure.ts'

export const invocation: Behaviour[] = [
  {
    id: 'invoke-json',
    sentence: 'Calling another app',
    expected: 'resolves with its answer',
    async run({ name, call, observer }) {
      const outcome = await call('invoke', [observer.appId, `/ok/${name}`])
      return isDeepStrictEqual(outcome, { resolved: { number: 1 } })
        ? 'resolves with its answer'
        : JSON.stringify(outcome)
    },
  },
  {
    id: 'invoke-failure',
    sentence: 'The status and the body of an answer such as 409',
    expected: 'are members of the error',
    async run({ call, observer }) {
      const error = errorOf(await call('invoke', [observer.appId, '/taken']))
      const body = { code: 'taken', by: 'somebody' }
      if (error?.status === 409 && isDeepStrictEqual(error.body, body)) return 'are members of the error'
      const message = String(error?.message)
      return message.includes('409') && message.includes('somebody')
        ? "are JSON within the text of the error's message"
        : 'are lost'
    },
  },
  {
    id: 'invoke-timeout',
    sentence: 'A time-out of 300 ms for a call that is never answered',
    expected: 'is kept',
    async run({ call, observer }) {
      const outcome = await call('invoke', [observer.appId, '/never', 300], { within: 3_000 })
      return outcome ? 'is kept' : 'is ignored: after 3 s the call still waits'
    },
  },
  {
    id: 'invoke-trace',
    sentence: 'The trace that is active',
    expected: 'goes with the call',
    async run({ name, call, observer }) {
      const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
      const path = `/ok/traced-${name}`
      await call('invokeInTrace', [observer.appId, path, `00-${trace}-00f067aa0ba902b7-01`])
      const { traceparent = '' } = Object.fromEntries(observer.headersOf(`traced-${name}`) ?? [])
      return traceparent.includes(trace) ? 'goes with the call' : 'ends at the call'
    },
  },
  {
    id: 'invoke-integer',
    sentence: 'The integer 9007199254740993 in an answer',
    expected: 'keeps its digits, as a text',
    async run({ call, observer }) {
      const outcome = await call('invoke', [observer.appId, '/big'])
      const number = (outcome as { resolved?: { number?: unknown } })?.resolved?.number
      if (number === '9007199254740993') return 'keeps its digits, as a text'
      return `becomes ${number}`
    },
  },
  {
    id: 'no-sidecar',
    sentence: 'The first call when there is no sidecar',
    expected: 'rejects within 5 s',
    async run({ call }) {
      const [port = 0] = await freePorts(1)
      const outcome = await call('publishWithoutSidecar', [port], { within: 5_000 })
      return outcome ? `${failure(outcome)} within 5 s` : 'still waits after 5 s'
    },
  },
]
