/** What people read: two patterns and more, since Bun.Glob does not match README.md against '{README.md,docs/**}'. */
const patterns = [
  '*.md',
  'docs/**/*.md',
  'tests/README.md',
  'components/*/README.md',
  'packages/*/README.md',
  'services/*/README.md',
]

/** Every document in Markdown, relative to `root`. */
export async function documents(root: string): Promise<string[]> {
  const found = patterns.map(pattern => Array.fromAsync(new Bun.Glob(pattern).scan({ cwd: root })))
  return (await Promise.all(found)).flat().sort()
}

export interface MarkdownLine {
  text: string
  /** Counts from 1. */
  line: number
  /** Whether it is within a block of code; the fences themselves are left out. */
  inCode: boolean
}

export function linesOf(markdown: string): MarkdownLine[] {
  const lines: MarkdownLine[] = []
  let inCode = false
  for (const [index, text] of markdown.split('\n').entries()) {
    if (/^\s*```/.test(text)) inCode = !inCode
    else lines.push({ text, line: index + 1, inCode })
  }
  return lines
}
