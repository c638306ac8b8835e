import type { AnyElysia } from 'elysia'
import { freePorts } from './ports.ts'

/** What listens on a port of 127.0.0.1 already. */
export interface ListeningApp {
  port: number
}

export interface RunningApp {
  port: number
  stop(): Promise<unknown>
}

/** Lets an app listen on 127.0.0.1 unless it listens already; `stop` stops what was started here. */
export async function runApp(app: AnyElysia | ListeningApp): Promise<RunningApp> {
  if (!('listen' in app)) return { port: app.port, stop: async () => undefined }
  if (app.server?.port) return { port: app.server.port, stop: async () => undefined }
  // daprd asks once what the app subscribes to, and plugins that load lazily may add to it.
  await app.modules
  const [port = 0] = await freePorts(1)
  let server: { stop(closeActiveConnections?: boolean): unknown } | undefined
  try {
    app.listen({ hostname: '127.0.0.1', port }, started => {
      server = started
    })
  } catch (error) {
    // The server is there before the app's own `onStart` fails.
    if (app.server) await app.stop(true)
    throw error
  }
  // Without a server `stop` complains: a test may have stopped it, and the adapter for Node sets none.
  return { port, stop: async () => await (app.server ? app.stop(true) : server?.stop(true)) }
}
