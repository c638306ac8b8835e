// A worker in a process of its own: `bun workflow-app.ts <gRPC port> <file that its steps are written to>`.
// On SIGTERM it stops the worker, and has to end by itself then.
import { startWorker } from '../../packages/elysia-dapr/src/workflow/index.ts'
import { step, steps } from './workflow-steps.ts'

const endpoint = `127.0.0.1:${process.argv[2]}`
const worker = startWorker({ workflows: [steps], activities: [step], endpoint, onError: () => {} })
process.once('SIGTERM', () => worker.stop())
