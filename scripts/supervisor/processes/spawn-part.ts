import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { writing } from '../session/writing.ts'
import { ShopError } from '../shop-error.ts'
import type { Part } from './part.ts'

// The child itself writes down who it is, before it becomes the part. A starter that is killed at any moment can
// so never leave a process behind that the next one does not know. `exec` keeps the id and the start time.
const record = `
if [ -r /proc/$$/stat ]; then read -r started < /proc/$$/stat; else started=$(LC_ALL=C TZ=UTC ps -o lstart= -p $$); fi
printf '%s\\n%s\\n%s\\n' "$1" "$$" "$started" > "$0" || exit 126
shift
exec "$@"
`

/** Where the processes of a run are written down, one file each, named after the part. */
export function processDir(runDir: string): string {
  return join(runDir, 'processes')
}

/**
 * Starts the process in a group of its own, so that Ctrl-C at the terminal reaches the starter alone. Output goes
 * straight to `logFile`: nobody stands between, so the part lives on when the starter dies.
 * @throws ShopError when a folder that it needs is gone, or cannot be written
 */
export function spawnPart(
  part: Part,
  { runDir, logFile }: { runDir: string; logFile: string },
): Bun.Subprocess {
  const records = processDir(runDir)
  // not recursively: a home that was removed must not come back, half of it
  writing(records, () => existsSync(records) || mkdirSync(records, { mode: 0o700 }))
  const log = writing(logFile, () => openSync(logFile, 'a', 0o600))
  try {
    if (!existsSync(part.cwd)) {
      throw new ShopError(
        `Cannot start ${part.name}: its folder ${part.cwd} is gone. Put it back, or start elsewhere.`,
      )
    }
    return Bun.spawn(['/bin/sh', '-c', record, join(records, part.name), part.role, ...part.command], {
      cwd: part.cwd,
      env: part.env,
      stdio: ['ignore', log, log],
      detached: true,
    })
  } finally {
    closeSync(log)
  }
}
