import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Part } from '../processes/part.ts'
import type { Supervisor } from '../processes/supervisor.ts'
import type { Instance } from '../session/instance.ts'
import { credentialsDir } from './control-plane.ts'

export function hasIssuerCredentials(instance: Instance): boolean {
  return ['ca.crt', 'issuer.crt', 'issuer.key'].every(name =>
    existsSync(join(credentialsDir(instance), name)),
  )
}

/**
 * Lets sentry make its certificate authority, once for each data folder, and ends it again: a sentry that has just
 * written its credentials takes them for changed and restarts itself two seconds later, in the middle of the start.
 * The session's own supervisor runs it, so that whatever happens meanwhile it ends with the session.
 */
export async function makeIssuerCredentials(sentry: Part, supervisor: Supervisor): Promise<void> {
  await supervisor.start(sentry)
  await supervisor.end(sentry.name)
}
