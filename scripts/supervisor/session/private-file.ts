import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { writing } from './writing.ts'

/**
 * Writes a file that only its owner reads, all at once: nobody ever sees half of it.
 * @throws ShopError when the system refuses, as on a full disk
 */
export function writePrivate(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`
  writing(file, () => {
    try {
      writeFileSync(temporary, text, { mode: 0o600 })
      chmodSync(temporary, 0o600)
      renameSync(temporary, file)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  })
}
