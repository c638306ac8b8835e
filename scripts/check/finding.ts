/** One thing that a check found. With a line it is clickable in most terminals. */
export interface Finding {
  file: string
  line?: number
  message: string
}

export function formatFinding({ file, line, message }: Finding): string {
  return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`
}
