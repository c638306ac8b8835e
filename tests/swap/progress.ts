import type { Outcome } from './row.ts'

export interface Progress {
  /** Shows what runs now. */
  step(set: string, title: string): void
  done(outcome: Outcome): void
  /** Takes away what would stand in front of other output. */
  clear(): void
}

interface Stream {
  isTTY?: boolean
  write(text: string): unknown
}

/** A line for each row as it ends; on a terminal, below them what runs now and for how long. */
export function startProgress(of: number, stream: Stream = process.stderr): Progress {
  let done = 0
  let timer: ReturnType<typeof setInterval> | undefined

  function clear() {
    clearInterval(timer)
    if (stream.isTTY) stream.write('\r\x1b[K')
  }

  return {
    step(set, title) {
      const began = performance.now()
      const text = `${done + 1}/${of} ${set}: ${title}`
      if (!stream.isTTY) return void stream.write(`${text} …\n`)
      clear()
      const show = () =>
        stream.write(`\r\x1b[K${text} … ${Math.round((performance.now() - began) / 1_000)} s`)
      show()
      timer = setInterval(show, 1_000)
      timer.unref?.()
    },
    done({ set, row, ok, seen, seconds }) {
      done++
      clear()
      stream.write(`  ${ok ? '' : 'FAILED '}${set} ${row}: ${seen} (${seconds} s)\n`)
    },
    clear,
  }
}
