import { appendFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import { activity, workflow } from '../../packages/elysia-dapr/src/workflow/index.ts'

/** Takes 100 ms, and writes its begin and end to the file that is named by the process's second argument. */
export const step = activity('step', { input: Type.Integer(), output: Type.Integer() }, async number => {
  const ledger = process.argv[3] ?? ''
  appendFileSync(ledger, `begin ${number}\n`)
  await setTimeout(100)
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
