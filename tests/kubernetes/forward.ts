import { ShopError } from '../../scripts/supervisor/shop-error.ts'

export interface ForwardOptions {
  namespace: string
  /** As kubectl names it: `pod/orders-7f`, `service/traefik`. */
  target: string
  port: number
}

/** A port of this machine that leads to one in the cluster, until it breaks. */
export interface Forward {
  port: number
  isOpen(): boolean
  close(): Promise<void>
}

/** Longest time until a forward is there, in milliseconds. */
const patience = 20_000

/** By `kubectl port-forward`, which also reaches what listens on the loopback of a pod. */
export async function openForward({ namespace, target, port }: ForwardOptions): Promise<Forward> {
  const child = Bun.spawn(
    ['kubectl', 'port-forward', '--namespace', namespace, '--address', '127.0.0.1', target, `:${port}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const timer = setTimeout(() => child.kill(), patience)
  const complaint = new Response(child.stderr).text()
  try {
    const local = await firstMatch(child.stdout, /127\.0\.0\.1:(\d+) ->/)
    if (local === undefined)
      throw new ShopError(`kubectl port-forward ${target} :${port}: ${(await complaint).trim()}`)
    return {
      port: Number(local),
      isOpen: () => child.exitCode === null && child.signalCode === null,
      async close() {
        child.kill()
        await child.exited
      },
    }
  } finally {
    clearTimeout(timer)
  }
}

/** The rest is read and thrown away, so that the process never waits for a reader. */
async function firstMatch(stream: ReadableStream<Uint8Array>, pattern: RegExp): Promise<string | undefined> {
  const found = Promise.withResolvers<string | undefined>()
  void (async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      text = `${text}${decoder.decode(chunk, { stream: true })}`.slice(-1_000)
      const match = pattern.exec(text)?.[1]
      if (match !== undefined) found.resolve(match)
    }
    found.resolve(undefined)
  })()
  return await found.promise
}

/** Forwards that are opened when somebody asks, and anew when they have broken. */
export interface Forwards extends AsyncDisposable {
  /** @param call gets the port of this machine; when it fails on a forward that was there, again on another */
  through<Result>(options: ForwardOptions, call: (port: number) => Promise<Result>): Promise<Result>
}

export function openForwards(): Forwards {
  const open = new Map<string, Promise<Forward>>()

  async function opened(options: ForwardOptions): Promise<{ forward: Forward; isNew: boolean }> {
    const key = Object.values(options).join(' ')
    const found = open.get(key)
    const known = await found?.catch(() => undefined)
    if (known?.isOpen()) return { forward: known, isNew: false }
    // somebody else has opened another one meanwhile
    if (open.get(key) !== found) return await opened(options)
    const fresh = openForward(options)
    open.set(key, fresh)
    return { forward: await fresh, isNew: true }
  }

  /** What it leads to may have been replaced since a forward was opened: it is not told, and fails once. */
  async function through<Result>(
    options: ForwardOptions,
    call: (port: number) => Promise<Result>,
  ): Promise<Result> {
    const { forward, isNew } = await opened(options)
    try {
      return await call(forward.port)
    } catch (error) {
      await forward.close()
      if (isNew) throw error
      return await through(options, call)
    }
  }

  return {
    through,
    async [Symbol.asyncDispose]() {
      const all = await Promise.allSettled(open.values())
      await Promise.all(all.map(each => each.status === 'fulfilled' && each.value.close()))
    },
  }
}
