import type { Finding } from '../finding.ts'

/** One thing that is wrong with a component set, and what puts it right. */
export interface SetFinding {
  file: string
  line?: number
  message: string
  fix: string
  /** What shows it to be so, where neither the YAML nor a service.yaml does. */
  source?: string
}

export function toFinding({ file, line, message, fix }: SetFinding): Finding {
  return { file, ...(line !== undefined && { line }), message: `${message}; ${fix}` }
}
