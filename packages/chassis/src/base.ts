import { Elysia } from 'elysia'
import { type DaprOptions, dapr } from 'elysia-dapr'
import { bodyLimit } from './body-limit.ts'
import type { Logger } from './logger.ts'
import { problems } from './problem.ts'
import { tracing } from './tracing.ts'

export interface BaseOptions extends DaprOptions {
  log: Logger
}

/**
 * The app that every service starts from: spans, problem documents, body limit, and what its sidecar asks for.
 * Their order matters: what comes first sees the errors of what comes later.
 */
export function createBase({ log, ...options }: BaseOptions): Elysia {
  // Elysia finds no path behind a host as short as `web` unless it is told of such hosts.
  return new Elysia({ handler: { standardHostname: false } })
    .use(tracing)
    .use(problems(log))
    .use(bodyLimit)
    .use(dapr(options))
}
