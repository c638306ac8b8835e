/** One thing wrong in one place, and what to do about it. Line and column count from 1. */
export interface Problem {
  file: string
  line: number
  column: number
  message: string
  fix: string
}

export class TopologyError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'))
    this.name = 'TopologyError'
    this.problems = problems
  }
}

function formatProblem({ file, line, column, message, fix }: Problem): string {
  return `${file}:${line}:${column}: ${message}; ${fix}`
}

export function byPlace(a: Problem, b: Problem): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column
}

/** How a value looks in a message: short, and never more than one line. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
