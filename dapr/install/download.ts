import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fatalCause, InstallError, messageOf } from './errors.ts'

/** No answer came from the server at all. */
export class UnreachableError extends InstallError {}

export interface DownloadOptions {
  sha256: string
  signal: AbortSignal | undefined
  /** Called often, with the percentage done (undefined when the server does not say how much there is). */
  progress: (percent: number | undefined, megabytes: number) => void
}

const connectTimeout = 5_000
const silenceTimeout = 30_000
const tries = 4

/**
 * Downloads a file and checks it. What came before a break stays beside it as `.part` and the next try, or the
 * next run, goes on from there (RFC 9110 §14).
 *
 * @param file where it is when done; never there half done
 * @throws UnreachableError when no connection comes about, InstallError on a missing file or a wrong checksum
 */
export async function download(url: string, file: string, options: DownloadOptions): Promise<void> {
  const part = `${file}.part`
  await mkdir(dirname(file), { recursive: true })
  for (let attempt = 1; ; attempt++) {
    const before = await sizeOf(part)
    try {
      await transfer(url, part, before, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      const progressed = (await sizeOf(part)) > before
      if (!(error instanceof BrokenOff) || attempt >= tries || (!progressed && attempt > 1)) throw error
      continue
    }
    const found = await sha256Of(part)
    if (found === options.sha256) return await rename(part, file)
    await rm(part, { force: true })
    // a part of an earlier run may have been of another file: the whole file decides
    if (before === 0) {
      throw new InstallError(
        `${url} has the wrong checksum: SHA-256 ${found}, expected ${options.sha256}. It was not used.`,
      )
    }
  }
}

/** A small text file, such as a checksum. */
export async function downloadText(url: string, signal: AbortSignal | undefined): Promise<string> {
  const guard = new Guard(signal, connectTimeout)
  try {
    return await (await request(url, {}, guard)).text()
  } finally {
    guard.stop()
  }
}

class BrokenOff extends InstallError {}

async function transfer(url: string, part: string, from: number, options: DownloadOptions): Promise<void> {
  const guard = new Guard(options.signal, connectTimeout)
  try {
    const response = await request(url, from > 0 ? { range: `bytes=${from}-` } : {}, guard)
    // what is there is as long as the file, or longer: the checksum tells which
    if (response.status === 416) return await response.body?.cancel()
    const continued = response.status === 206
    await append(response, part, continued ? from : 0, url, guard, options)
  } finally {
    guard.stop()
  }
}

async function append(
  response: Response,
  part: string,
  from: number,
  url: string,
  guard: Guard,
  { progress }: DownloadOptions,
): Promise<void> {
  const length = response.headers.get('content-length')
  const expected = length === null ? undefined : from + Number(length)
  let received = from
  const file = await open(part, from > 0 ? 'a' : 'w')
  try {
    for await (const chunk of response.body ?? []) {
      guard.restart(silenceTimeout)
      await file.appendFile(chunk)
      received += chunk.byteLength
      progress(expected === undefined ? undefined : Math.floor((received / expected) * 100), received / 1e6)
    }
  } catch (error) {
    throw (
      fatalCause(error, part) ??
      new BrokenOff(`${url} broke off after ${received} bytes: ${messageOf(error)}`)
    )
  } finally {
    await file.close()
  }
  if (expected !== undefined && received < expected) {
    throw new BrokenOff(`${url} broke off after ${received} of ${expected} bytes`)
  }
}

async function request(url: string, headers: Record<string, string>, guard: Guard): Promise<Response> {
  let response: Response
  try {
    // identity: the bytes of the archive itself, which the checksum is of
    const identity = { 'accept-encoding': 'identity', ...headers }
    response = await fetch(url, { headers: identity, signal: guard.signal, decompress: false })
  } catch (error) {
    throw new UnreachableError(`${url} cannot be reached: ${messageOf(error)}`)
  }
  guard.restart(silenceTimeout)
  if (response.ok || response.status === 416) return response
  await response.body?.cancel()
  throw new InstallError(`${url} answered ${response.status}`)
}

/** Aborts when the caller does, or when nothing happened for a while. */
class Guard {
  readonly #timeout = new AbortController()
  readonly signal: AbortSignal
  #timer: Timer | undefined

  constructor(signal: AbortSignal | undefined, milliseconds: number) {
    this.signal = signal ? AbortSignal.any([signal, this.#timeout.signal]) : this.#timeout.signal
    this.restart(milliseconds)
  }

  restart(milliseconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => this.#timeout.abort(new Error(`no answer for ${milliseconds / 1000} s`)),
      milliseconds,
    )
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = new Bun.CryptoHasher('sha256')
  for await (const chunk of Bun.file(file).stream()) hash.update(chunk)
  return hash.digest('hex')
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}
