import type { Obtained } from '../../../dapr/install/obtain.ts'
import type { Program, ProgramSource, Server } from './server.ts'

/** Where the programs of the servers are. */
export interface Programs {
  of(server: Server): Program
}

export interface ObtainProgramsOptions {
  /** Gets what obtaining will take, before it begins. */
  announce: (line: string) => void
  report: (line: string) => void
  signal: AbortSignal
}

/**
 * Finds or fetches what the servers run that is no part of Dapr.
 * @throws ShopError with the ways to get it; the signal's reason when aborted
 */
export async function obtainPrograms(
  servers: readonly Server[],
  paths: Obtained['paths'],
  { announce, report, signal }: ObtainProgramsOptions,
): Promise<Programs> {
  const found = new Map<ProgramSource, Program>()
  for (const { program } of servers) {
    if (typeof program === 'string' || found.has(program)) continue
    const outlook = await program.look()
    if (outlook.is === 'obtainable')
      announce(`First run. Fetching ${program.name} (${outlook.what}) takes ${outlook.takes}.`)
    found.set(program, await program.obtain({ report, signal }))
  }
  return {
    of({ program }) {
      if (program === 'bun') return { path: process.execPath, env: {} }
      if (typeof program === 'string') return { path: paths[program], env: {} }
      const obtained = found.get(program)
      if (obtained === undefined) throw new Error(`${program.name} was not obtained`)
      return obtained
    },
  }
}
