/**
 * Runs a program in place of this one: same process id, so that whoever signals the command reaches the program,
 * and each signal once. An older Bun has no execve: there the program is a child with a session of its
 * own, out of reach of the terminal's Ctrl-C, and every signal is passed on.
 *
 * @returns the exit code of such a child
 */
export async function handOver(
  [program = '', ...args]: string[],
  env: Record<string, string | undefined>,
  { replaces = process.execve !== undefined } = {},
): Promise<number> {
  if (replaces) process.execve?.(program, [program, ...args], env)
  const child = Bun.spawn([program, ...args], {
    env,
    stdio: ['inherit', 'inherit', 'inherit'],
    detached: true,
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  return await child.exited
}
