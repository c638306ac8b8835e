import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { documents, linesOf } from './documents.ts'
import type { Finding } from './finding.ts'

/** Every relative link of the documentation leads to a file, and to a heading that it has. */
export async function checkLinks(root = process.cwd()): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const file of await documents(root)) {
    const text = await Bun.file(join(root, file)).text()
    for (const { target, line } of linksIn(text)) {
      const message = await problemOf(target, file, root)
      if (message) findings.push({ file, line, message })
    }
  }
  return findings
}

async function problemOf(target: string, file: string, root: string): Promise<string | undefined> {
  const [path = '', heading] = target.split('#')
  const to = path === '' ? file : posix.join(posix.dirname(file), decodeURIComponent(path))
  if (to.startsWith('..')) return `links to ${target}, which is outside of the repository`
  if (!existsSync(join(root, to))) return `links to ${target}, which does not exist`
  if (heading === undefined || !to.endsWith('.md')) return undefined
  const anchors = anchorsIn(await Bun.file(join(root, to)).text())
  return anchors.has(heading) ? undefined : `links to ${target}, but ${to} has no such heading`
}

/** Relative links, outside of code; those to other sites are left alone. */
export function linksIn(markdown: string): { target: string; line: number }[] {
  return linesOf(markdown).flatMap(({ text, line, inCode }) =>
    inCode
      ? []
      : [...text.replaceAll(/`[^`]*`/g, '``').matchAll(/\]\(([^()\s]+)\)/g)]
          .map(match => ({ target: match[1] ?? '', line }))
          .filter(({ target }) => !/^[a-z][a-z0-9+.-]*:/i.test(target)),
  )
}

/** As GitHub names headings: a repeated one gets a number. */
export function anchorsIn(markdown: string): Set<string> {
  const anchors = new Set<string>()
  for (const { text, inCode } of linesOf(markdown)) {
    const heading = inCode ? undefined : /^#{1,6} +(.*?) *#*$/.exec(text)?.[1]
    if (heading === undefined) continue
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = shown.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')
    let name = slug
    for (let number = 1; anchors.has(name); number += 1) name = `${slug}-${number}`
    anchors.add(name)
  }
  return anchors
}
