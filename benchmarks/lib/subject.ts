import { resolve } from 'node:path'

/** A program of `subjects/` and its arguments. */
export interface Program {
  file: string
  args?: readonly (string | number)[]
  /** @default bun */
  runtime?: 'bun' | 'node'
}

export interface Subject extends AsyncDisposable {
  /** The next line that the program writes, which has to be JSON. @throws Error with its last words when it ends before */
  next<Told>(): Promise<Told>
  /** Writes a line to its standard input. */
  ask(line: string): void
}

/** Runs a program in a fresh process, until the scope ends or the signal aborts. */
export function startSubject({ file, args = [], runtime = 'bun' }: Program, signal: AbortSignal): Subject {
  signal.throwIfAborted()
  const program = runtime === 'bun' ? process.execPath : nodePath()
  const child = Bun.spawn([program, resolve(import.meta.dir, '../subjects', file), ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const errors = new Response(child.stderr).text()
  const lines = readLines(child.stdout)
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  return {
    async next<Told>() {
      const { value } = await lines.next()
      signal.throwIfAborted()
      if (value === undefined) throw new Error(`${file} ended: ${(await errors).slice(-2_000)}`)
      return JSON.parse(value) as Told
    },
    ask(line) {
      child.stdin.write(`${line}\n`)
      child.stdin.flush()
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', stop)
      stop()
      await child.exited
    },
  }
}

/** Where Node is; the peer is measured on it. */
export function findNode(): string | null {
  return Bun.which('node')
}

function nodePath(): string {
  const path = findNode()
  if (!path) throw new Error('there is no node on the PATH')
  return path
}

async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, undefined> {
  let rest = ''
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  return undefined
}
