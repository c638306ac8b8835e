import { join, resolve } from 'node:path'

/** The repository, where the service and its build run. */
export const root = resolve(import.meta.dir, '../..')

/** Why insights cannot be built here; undefined when it can. */
export const noPython = lacking()

/** Runs its build, and returns the Python of what was built. `dev` has the tools of its tests as well. */
export async function build({ dev = false } = {}): Promise<string> {
  await run(['python3', 'services/insights/build.py', ...(dev ? ['--dev'] : [])], root)
  return join(root, '.local/build', dev ? 'insights-dev' : 'insights', 'bin/python')
}

/**
 * Runs a program to its end; returns what it printed.
 * @throws Error with that, when it fails
 */
export async function run(command: string[], cwd: string): Promise<string> {
  const child = Bun.spawn(command, { cwd, stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0) throw new Error(`${command.join(' ')} (exit ${code})\n${out}${err}`)
  return out
}

function lacking(): string | undefined {
  if (!Bun.which('python3')) return 'needs python3 on the PATH'
  const probe = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
  const { exitCode } = Bun.spawnSync(['python3', '-c', probe], { stderr: 'ignore' })
  return exitCode === 0 ? undefined : 'needs Python 3.11 or newer, with venv'
}
