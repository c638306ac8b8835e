import { afterEach, beforeEach, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toolchainOf } from './toolchains.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'toolchains-'))
  mkdirSync(join(root, 'bin'))
  mkdirSync(join(root, 'services/some'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

/** What is lacking for a service whose folder has these files, when the PATH has no more than these programs. */
async function lackOf(language: 'go' | 'python', files: Record<string, string>, ...answers: string[]) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'services/some', name), text)
  if (answers.length > 0) {
    const program = join(root, 'bin', language === 'go' ? 'go' : 'python3')
    writeFileSync(program, `#!/bin/sh\n${answers.join('\n')}\n`)
    chmodSync(program, 0o700)
  }
  const env = { PATH: join(root, 'bin') }
  return (await toolchainOf({ language, dir: 'services/some' }, { root, env }))?.lack
}

const goMod = { 'go.mod': 'module shop/some\n\ngo 1.26.0\n\ntoolchain go1.30.0\n' }
const pyproject = { 'pyproject.toml': '[project]\nname = "some"\nrequires-python = ">=3.11,<4"\n' }

test.each<[string | undefined, Record<string, string>, string[]]>([
  [undefined, {}, ['echo go1.18']],
  [undefined, goMod, ['echo go1.26.0']],
  [undefined, goMod, ['echo go1.27rc2-custom']],
  ['Go is 1.25.9, needed is 1.26.0 or newer (https://go.dev/dl)', goMod, ['echo go1.25.9']],
  ['Go is not found, needed is 1.26.0 or newer (https://go.dev/dl)', goMod, []],
  ['Go is not found (https://go.dev/dl)', {}, ['exit 1']],
])('of Go: %p', async (lack, files, answers) => {
  expect(await lackOf('go', files, ...answers)).toBe(lack as string)
})

test.each<[string | undefined, Record<string, string>, string[]]>([
  [undefined, pyproject, ['echo 3.11.0', 'echo venv']],
  [
    'Python 3 is 3.9.2, needed is >=3.11 <4 (https://www.python.org/downloads)',
    pyproject,
    ['echo 3.9.2', 'echo venv'],
  ],
  ['Python 3.12.1 has no venv (on Debian and Ubuntu: apt install python3-venv)', pyproject, ['echo 3.12.1']],
  ['Python 3 is not found (https://www.python.org/downloads)', {}, []],
])('of Python: %p', async (lack, files, answers) => {
  expect(await lackOf('python', files, ...answers)).toBe(lack as string)
})

test('the real python3 says whether it has venv', async () => {
  if (Bun.which('python3') === null) return
  const toolchain = await toolchainOf({ language: 'python', dir: 'services/some' }, { root })
  expect(toolchain?.version).toMatch(/^3\.\d+\.\d+$/)
  expect(toolchain?.lack ?? 'has no venv').toContain('has no venv')
})

test('of a service in TypeScript nothing is asked', async () => {
  expect(await toolchainOf({ language: 'typescript', dir: 'services/some' }, { root })).toBeUndefined()
})
