import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { documents, linesOf } from './documents.ts'
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
    for (const { path, line } of scriptsIn(text)) {
      if (!existsSync(join(root, path)))
        findings.push({ file, line, message: `runs ${path}, which does not exist` })
    }
    for (const { name, line } of commandsIn(text)) {
      if (name in scripts) continue
      findings.push({ file, line, message: `names "bun run ${name}", which package.json does not have` })
    }
  }
  for (const [name, script] of Object.entries(scripts)) {
    const command = script.match(/^bun scripts\/run\.ts (\S+)/)?.[1]?.replace(':', '-')
    if (!command || (await Bun.file(join(root, `scripts/commands/${command}.ts`)).exists())) continue
    findings.push({ file: 'package.json', message: `script "${name}" needs scripts/commands/${command}.ts` })
  }
  return findings
}

/** Commands within code blocks and code spans. */
export function commandsIn(markdown: string): { name: string; line: number }[] {
  return codeIn(markdown).flatMap(({ text, line }) =>
    [...text.matchAll(/(?:^|\s)bun (run )?([a-z][a-z0-9:-]*)(?=\s|$)/g)]
      .filter(match => match[1] || !bunCommands.includes(match[2] ?? ''))
      .map(match => ({ name: match[2] ?? '', line })),
  )
}

/** Files that `bun` or `python3` is told to run, and tests that are named by their path. */
export function scriptsIn(markdown: string): { path: string; line: number }[] {
  const command = /(?:^|\s)(?:bun|bun test|bun run test|python3) (?:\.\/)?([a-z][\w.-]*\/[\w./-]+)/g
  return codeIn(markdown).flatMap(({ text, line }) =>
    [...text.matchAll(command)].map(match => ({ path: match[1] ?? '', line })),
  )
}

function codeIn(markdown: string): { text: string; line: number }[] {
  return linesOf(markdown).flatMap(({ text, line, inCode }) =>
    (inCode ? [text] : [...text.matchAll(/`([^`]+)`/g)].map(match => match[1] ?? '')).map(code => ({
      text: code,
      line,
    })),
  )
}
