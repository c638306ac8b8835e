import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
} from 'node:fs'
import { join } from 'node:path'
import { writing } from '../session/writing.ts'
import { readableLine } from './log-line.ts'

export interface Logs {
  fileOf: (part: string) => string
  /** The end of a part's log, indented, for an error message. */
  lastLines: (part: string, count?: number) => string
}

export function openLogs(logDir: string): Logs {
  const fileOf = (part: string) => join(logDir, `${part}.log`)
  return {
    fileOf,
    lastLines: (part, count = 10) => {
      const lines = readLastLines(fileOf(part), count)
      return lines.length > 0
        ? lines.map(line => `    ${readableLine(line).slice(0, 400)}`).join('\n')
        : '    (it wrote none)'
    },
  }
}

/**
 * Starts new logs; those of the run before stay as <part>.log.1.
 * @throws ShopError when the system refuses, as on a full disk
 */
export function rotateLogs(logDir: string, parts: string[]): void {
  writing(logDir, () => mkdirSync(logDir, { recursive: true, mode: 0o700 }))
  for (const part of parts) {
    const file = join(logDir, `${part}.log`)
    writing(file, () => {
      if (existsSync(file)) renameSync(file, `${file}.1`)
      closeSync(openSync(file, 'w', 0o600))
    })
  }
}

/** The parts that have a log, in the order of their names. */
export function loggedParts(logDir: string): string[] {
  if (!existsSync(logDir)) return []
  const files = readdirSync(logDir).filter(name => name.endsWith('.log'))
  return files.map(name => name.slice(0, -'.log'.length)).sort()
}

/** Reads no more than the last 256 KiB. */
export function readLastLines(file: string, count: number): string[] {
  if (!existsSync(file)) return []
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    const buffer = Buffer.alloc(Math.min(size, 256 * 1024))
    readSync(fd, buffer, 0, buffer.length, size - buffer.length)
    return buffer
      .toString()
      .split('\n')
      .filter(line => line !== '')
      .slice(-count)
  } finally {
    closeSync(fd)
  }
}
