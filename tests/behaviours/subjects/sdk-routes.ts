import { type DaprServer, HttpMethod } from '@dapr/dapr'
import { report } from './report.ts'

/** What other apps call. */
export async function listen({ invoker }: DaprServer): Promise<void> {
  const take = async ({ body = 'null' }: { body?: string }) => report('take', JSON.parse(body), body)
  await invoker.listen('take', take, { method: HttpMethod.POST })
  await invoker.listen('zero', async () => 0)
  await invoker.listen('nothing', async () => undefined)
  await invoker.listen('throw', async () => {
    throw new Error('the database is locked')
  })
}
