import { join, resolve } from 'node:path'
import { lacking, needs } from '../package/needs.ts'
import { succeed } from '../package/project.ts'

/** The Go module. */
export const source = resolve(import.meta.dir, '../../services/shipping')

/** Long enough to compile everything for the first time, in milliseconds. */
export const compileTimeout = 300_000

/** Why nothing of Go can run here; undefined when it can. */
export const noGo = lacking('go')

/** A test of what is built by Go: skipped, with the reason in its name, where there is no Go. */
export const goTest = needs('go')

/**
 * Builds the service as `bun start` does, into `folder`.
 * @returns the path of the program
 * @throws Error with what the compiler says
 */
export async function buildService(folder: string): Promise<string> {
  const program = join(folder, 'shipping')
  await succeed(['go', '-C', source, 'build', '-o', program, '.'], folder)
  return program
}
