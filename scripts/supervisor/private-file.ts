import { chmodSync, renameSync, writeFileSync } from 'node:fs'

/** Writes a file that only its owner reads, all at once: nobody ever sees half of it. */
export function writePrivate(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`
  writeFileSync(temporary, text, { mode: 0o600 })
  chmodSync(temporary, 0o600)
  renameSync(temporary, file)
}
