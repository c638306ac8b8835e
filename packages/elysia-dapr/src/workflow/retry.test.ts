import { expect, test } from 'bun:test'
import { ActivityError } from './errors.ts'
import { type RetryPolicy, retryDelay } from './retry.ts'

function delays(policy: RetryPolicy, error: unknown = failed(true)): number[] {
  const found: number[] = []
  let elapsed = 0
  for (let attempts = 1; attempts < 20; attempts += 1) {
    const delay = retryDelay(policy, error, { attempts, elapsed })
    if (delay === undefined) break
    found.push(delay)
    elapsed += delay
  }
  return found
}

function failed(retryable: boolean): ActivityError {
  return new ActivityError('charge', 'declined', { type: 'TypeError', retryable })
}

test.each<[string, RetryPolicy, number[]]>([
  ['by default', {}, [1_000, 2_000, 4_000, 8_000]],
  ['a number of times', { maxAttempts: 2 }, [1_000]],
  ['not at all', { maxAttempts: 1 }, []],
  ['evenly', { firstInterval: 10, backoff: 1 }, [10, 10, 10, 10]],
  ['up to a pause', { maxAttempts: 6, maxInterval: 3_000 }, [1_000, 2_000, 3_000, 3_000, 3_000]],
  ['up to a time', { timeout: 6_999 }, [1_000, 2_000]],
  ['if it is worth it', { retryIf: error => error.type !== 'TypeError' }, []],
])('retries %s', (_, policy, wanted) => {
  expect(delays(policy)).toEqual(wanted)
})

test('retries nothing that says a retry makes no sense, and nothing of the workflow itself', () => {
  expect(delays({}, failed(false))).toEqual([])
  expect(delays({ retryIf: () => true }, failed(false))).toEqual([])
  expect(delays({}, new Error('a bug'))).toEqual([])
})
