import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Instance } from '../session/instance.ts'

/** What a server or sidecar needs of the environment that the starter runs in: no secrets of the person's shell. */
export function serverEnv({ runDir }: Instance): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'GOGC', 'GOMEMLIMIT', 'GOMAXPROCS']
  const otel = Object.keys(process.env).filter(name => name.startsWith('OTEL_'))
  // the scheduler keeps its private key in the temporary folder
  const temporary = join(runDir, 'tmp')
  mkdirSync(temporary, { recursive: true, mode: 0o700 })
  return { ...pick([...names, ...otel]), TMPDIR: temporary }
}

/** An app may read any variable that the person set; the tokens of another run, from .local/run/env, are none. */
export function appEnv(): Record<string, string> {
  return pick(Object.keys(process.env).filter(name => name !== 'DAPR_API_TOKEN' && name !== 'APP_API_TOKEN'))
}

function pick(names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(name => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
