// Elysia with elysia-dapr, as its README shows it.
import { Elysia } from 'elysia'
import { dapr } from 'elysia-dapr'
import { calls } from './ours-calls.ts'
import { events, mistakes } from './ours-events.ts'
import { jobs } from './ours-jobs.ts'
import { routes } from './ours-routes.ts'
import { startWorkflows } from './ours-workflows.ts'
import { ready } from './report.ts'

const app = new Elysia().use(dapr()).use(events).use(jobs).use(routes)
for (const add of mistakes(process.env.MISTAKE)) app.use(add())

app.listen({ hostname: '127.0.0.1', port: Number(process.env.APP_PORT) })
startWorkflows()
ready(calls)
