import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dir, '../..')

/** A folder with every file that git has or would add, and nothing that was installed; gone after `using`. */
export function freshClone(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'a clone '))
  const list = ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const files = Bun.spawnSync(list, { cwd: root }).stdout.toString().split('\0')
  for (const file of files.filter(name => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(path, file)), { recursive: true })
    cpSync(join(root, file), join(path, file))
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
