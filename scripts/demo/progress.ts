import { SingleBar } from 'cli-progress'

export interface Progress {
  update(done: number, note?: string): void
  finish(): void
}

/** A bar on a terminal; otherwise a plain line every two seconds. Both on standard error. */
export function startProgress(label: string, total: number): Progress {
  const format = process.stderr.isTTY
    ? `${label} {bar} {percentage}% {value}/{total} {note}`
    : `${label} {value}/{total} {note}`
  const bar = new SingleBar({
    format,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    noTTYOutput: true,
    // With its own signal handlers the bar would swallow the first Ctrl-C.
    gracefulExit: false,
  })
  bar.start(total, 0, { note: '' })
  return {
    update: (done, note = '') => bar.update(done, { note }),
    finish: () => bar.stop(),
  }
}
