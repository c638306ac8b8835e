import { test } from 'bun:test'

/** `test` where these programs are installed; elsewhere the test is skipped, with the reason at the end of its name. */
export function needs(...programs: string[]): (name: string, run: () => Promise<void>) => void {
  const why = lacking(...programs)
  return (name, run) => (why === undefined ? test(name, run) : test.skip(`${name} (${why})`, run))
}

/** Why a test that needs these programs cannot run. */
export function lacking(...programs: string[]): string | undefined {
  const missing = programs.filter(program => !Bun.which(program))
  return missing.length > 0 ? `needs ${missing.join(' and ')} on the PATH` : undefined
}
