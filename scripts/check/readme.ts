import { join } from 'node:path'
import type { Finding } from './finding.ts'
import { readWorkspaces } from './workspaces.ts'

/** What Bun itself answers to: not a script of ours when written without `run`. */
const bunCommands = [
  'add',
  'build',
  'create',
  'init',
  'install',
  'link',
  'outdated',
  'pm',
  'remove',
  'update',
  'upgrade',
  'x',
]

/** Every command that the documentation names exists, and every script has its command file. */
export async function checkReadme(root = process.cwd()): Promise<Finding[]> {
  const [workspace] = await readWorkspaces(root)
  const scripts = workspace?.manifest.scripts ?? {}
  const findings: Finding[] = []
  for (const file of await documents(root)) {
    const text = await Bun.file(join(root, file)).text()
    for (const { name, line } of commandsIn(text)) {
      if (name in scripts) continue
      findings.push({ file, line, message: `names "bun run ${name}", which package.json does not have` })
    }
  }
  for (const [name, script] of Object.entries(scripts)) {
    const command = script.match(/^bun scripts\/run\.ts (\S+)/)?.[1]
    if (!command || (await Bun.file(join(root, `scripts/commands/${command}.ts`)).exists())) continue
    findings.push({ file: 'package.json', message: `script "${name}" needs scripts/commands/${command}.ts` })
  }
  return findings
}

async function documents(root: string): Promise<string[]> {
  // Two patterns: Bun.Glob does not match README.md against '{README.md,docs/**/*.md}'.
  const globs = ['*.md', 'docs/**/*.md'].map(pattern => new Bun.Glob(pattern).scan({ cwd: root }))
  return (await Promise.all(globs.map(files => Array.fromAsync(files)))).flat().sort()
}

/** Commands within code blocks and code spans. */
export function commandsIn(markdown: string): { name: string; line: number }[] {
  const found: { name: string; line: number }[] = []
  let inBlock = false
  for (const [index, text] of markdown.split('\n').entries()) {
    if (/^\s*```/.test(text)) {
      inBlock = !inBlock
      continue
    }
    const pieces = inBlock ? [text] : [...text.matchAll(/`([^`]+)`/g)].map(match => match[1] ?? '')
    for (const piece of pieces) {
      for (const match of piece.matchAll(/(?:^|\s)bun (run )?([a-z][a-z0-9:-]*)(?=\s|$)/g)) {
        const name = match[2] ?? ''
        if (match[1] || !bunCommands.includes(name)) found.push({ name, line: index + 1 })
      }
    }
  }
  return found
}
