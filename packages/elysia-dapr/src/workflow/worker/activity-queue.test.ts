import { expect, test } from 'bun:test'
import { activityQueue } from './activity-queue.ts'
import type { ActivityRequest, ActivityResponse } from './messages.ts'

type Request = Partial<ActivityRequest>

function gatedQueue(concurrency: number) {
  const running: { request: Request; end: () => void }[] = []
  const queue = activityQueue(
    request =>
      new Promise(resolve => {
        const response = { taskId: request.taskId } as ActivityResponse
        running.push({ request, end: () => resolve(response) })
      }),
    { concurrency },
  )
  return { queue, running }
}

function request(taskId: number, executionId = `e${taskId}`): Request {
  return { taskId, executionId, instance: { instanceId: 'i' } }
}

const settle = () => new Promise(resolve => setTimeout(resolve))

test('runs so many at once, the others after them, in order and without losing any', async () => {
  const { queue, running } = gatedQueue(3)
  const delivered: unknown[] = []
  for (let id = 0; id < 1_000; id += 1) {
    queue.add(request(id), async ({ taskId }) => void delivered.push(taskId))
  }
  expect(running).toHaveLength(3)
  for (let id = 0; id < 1_000; id += 1) {
    running[id]?.end()
    await settle()
    expect(running.length - delivered.length).toBe(Math.min(3, 999 - id))
  }
  expect(delivered).toEqual(Array.from({ length: 1_000 }, (_, id) => id))
})

test('does not run again what is running, and answers who asked last', async () => {
  const { queue, running } = gatedQueue(1)
  const delivered: string[] = []
  queue.add(request(1), async () => void delivered.push('lost'))
  queue.add(request(1), async () => void delivered.push('asked last'))
  running[0]?.end()
  await settle()
  expect(running).toHaveLength(1)
  expect(delivered).toEqual(['asked last'])
})

test('keeps an answer that did not arrive for the next who asks', async () => {
  const { queue, running } = gatedQueue(1)
  const delivered: number[] = []
  queue.add(request(1), () => Promise.reject(new Error('the connection is lost')))
  running[0]?.end()
  await settle()
  queue.add(request(1), async ({ taskId = 0 }) => void delivered.push(taskId))
  await settle()
  expect(delivered).toEqual([1])
  queue.add(request(1), async () => undefined)
  expect(running).toHaveLength(2)
})

test('runs what has no execution ID each time', () => {
  const { queue, running } = gatedQueue(5)
  queue.add(request(1, ''), async () => undefined)
  queue.add(request(1, ''), async () => undefined)
  expect(running).toHaveLength(2)
})

test('forgets what did not start, and what comes while it drains', async () => {
  const { queue, running } = gatedQueue(1)
  const delivered: number[] = []
  const deliver = async ({ taskId = 0 }: ActivityResponse) => void delivered.push(taskId)
  for (const id of [1, 2]) queue.add(request(id), deliver)
  queue.clear()
  queue.add(request(3), deliver)
  const drained = queue.drain()
  queue.add(request(4), deliver)
  running[0]?.end()
  await drained
  expect(delivered).toEqual([1])
  expect(running).toHaveLength(1)
  await gatedQueue(1).queue.drain()
})
