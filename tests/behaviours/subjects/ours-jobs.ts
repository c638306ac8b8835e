import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { binding, job, onBinding, onJob } from 'elysia-dapr'
import { report } from './report.ts'

export const jobs = new Elysia()
  .use(onJob(job('tidy', Type.Unknown()), ({ data }) => report('tidy', data, data)))
  .use(
    onBinding(binding('tick'), ({ data, headers }) =>
      report('tick', data, [data, Object.fromEntries(headers)]),
    ),
  )
