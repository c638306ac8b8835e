import { Type } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { Elysia } from 'elysia'
import { dapr, subscribe } from 'elysia-dapr'
import { orderPlaced } from './order-placed.ts'

export interface CountingApp {
  app: Pick<Elysia, 'handle' | 'listen' | 'server'>
  handled: () => number
}

/** Subscribes to so many topics, on the paths that the SDK uses: both are sent the same bytes. */
export function pluginApp(topics: number): CountingApp {
  let handled = 0
  const app = new Elysia().use(dapr())
  for (let index = 0; index < topics; index++) {
    const topic = orderPlaced(index)
    const route = pathOf(topic)
    app.use(subscribe(topic, ({ data }) => void (data.total > 0 && handled++), { route }))
  }
  return { app, handled: () => handled }
}

/** A route without the plugin that reads the body and validates the event in the same way. */
export function bareApp(): CountingApp {
  let handled = 0
  const topic = orderPlaced(0)
  const text = Type.String({ minLength: 1 })
  const CloudEvent = Type.Object({ id: text, source: text, type: text, specversion: text, data: topic.data })
  const check = TypeCompiler.Compile(CloudEvent)
  const app = new Elysia().post(
    pathOf(topic),
    async ({ body }) => {
      const event: unknown = JSON.parse(body as string)
      if (!check.Check(event)) return { status: 'DROP' }
      if (event.data.total > 0) handled++
      return { status: 'SUCCESS' }
    },
    // The fastest way: Elysia's parser of JSON takes longer, and a parser function far longer.
    { parse: 'text' },
  )
  return { app, handled: () => handled }
}

function pathOf({ pubsub, name }: { pubsub: string; name: string }): string {
  return `/${pubsub}--${name}--default`
}
