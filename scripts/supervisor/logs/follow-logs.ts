import { open } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as delay } from 'node:timers/promises'

export interface FollowOptions {
  signal: AbortSignal
  /** Where to begin: at the end of what is there, or at its start. @default 'end' */
  from?: 'start' | 'end'
}

/** Hands on every whole line that is appended to the file, also after it was begun anew, until the signal fires. */
export async function followLines(
  file: string,
  onLine: (line: string) => void,
  { signal, from = 'end' }: FollowOptions,
): Promise<void> {
  const decoder = new StringDecoder('utf8')
  const buffer = Buffer.alloc(64 * 1024)
  let position = from === 'end' ? await sizeOf(file) : 0
  let rest = ''
  while (!signal.aborted) {
    const size = await sizeOf(file)
    if (size < position) position = 0
    if (size > position) {
      position += await readOn()
    } else {
      // the files may be on any file system: polling is the one thing that works on all of them
      await delay(150, undefined, { signal }).catch(() => {})
    }
  }

  async function readOn(): Promise<number> {
    const handle = await open(file, 'r')
    try {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
      const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onLine(line)
      return bytesRead
    } finally {
      await handle.close()
    }
  }
}

async function sizeOf(file: string): Promise<number> {
  const handle = Bun.file(file)
  return (await handle.exists()) ? (await handle.stat()).size : 0
}
