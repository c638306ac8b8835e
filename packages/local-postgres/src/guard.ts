import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'

/** Ends the server of a folder and removes the folder; also when this process dies, even by `kill -9`. */
export interface Guard {
  end(): Promise<void>
}

/**
 * Waits for the end of its input, which the system closes when this process dies. SIGQUIT is PostgreSQL's immediate
 * shutdown; of a server that was killed, the segment of shared memory is left, named in line 7 of postmaster.pid.
 * Source: https://www.postgresql.org/docs/18/server-shutdown.html
 */
const script = `
read -r _
file="$0/data/postmaster.pid"
pid=$(sed -n 1p "$file")
running() {
  [ -n "$pid" ] || return 1
  grep -aqF -e "$0" "/proc/$pid/cmdline" || ps -ww -o args= -p "$pid" | grep -qF -e "$0"
}
tries=0
while running; do
  [ $tries -eq 0 ] && kill -QUIT "$pid" && kill -CONT "$pid"
  [ $tries -eq 500 ] && kill -KILL "$pid"
  tries=$((tries + 1))
  sleep 0.02
done
set -- $(sed -n 7p "$file")
[ -n "$2" ] && ipcrm -m "$2"
tries=0
until rm -rf "$0" || [ $tries -eq 100 ]; do
  tries=$((tries + 1))
  sleep 0.05
done
`

export function guardServer(folder: string): Guard {
  let ending = false
  let child = start()

  function start() {
    // A session of its own, or a Ctrl-C would end it too.
    const started = spawn('/bin/sh', ['-c', script, folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    started.unref()
    ;(started.stdin as unknown as { unref?(): void }).unref?.()
    // Bun ends the processes of a test that times out, and the server may be of all tests of a file.
    started.once('exit', () => {
      if (!ending) child = start()
    })
    return started
  }

  return {
    async end() {
      ending = true
      while (existsSync(folder)) {
        if (child.exitCode !== null || child.signalCode !== null) child = start()
        child.ref()
        const ended = once(child, 'exit')
        child.stdin.end()
        await ended
      }
    },
  }
}
