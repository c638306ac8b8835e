// A worker in a process of its own: `bun workflow-app.ts <gRPC port> <file that its steps are written to>`.
// On SIGTERM it stops the worker, and has to end by itself then.
import { appendFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { activity, startWorker, workflow } from '../../packages/elysia-dapr/src/workflow/index.ts'

export const step = activity('step', { input: Type.Integer(), output: Type.Integer() }, async number => {
  const ledger = process.argv[3] ?? ''
  appendFileSync(ledger, `begin ${number}\n`)
  await Bun.sleep(100)
  appendFileSync(ledger, `end ${number}\n`)
  return number
})

export const steps = workflow(
  'steps',
  { input: Type.Integer(), output: Type.Integer() },
  function* (context, count) {
    let sum = 0
    for (let number = 0; number < count; number += 1) sum += yield* context.call(step, number)
    return sum
  },
)

if (import.meta.main) {
  const worker = startWorker({
    workflows: [steps],
    activities: [step],
    endpoint: `127.0.0.1:${process.argv[2]}`,
  })
  process.once('SIGTERM', () => worker.stop())
}
