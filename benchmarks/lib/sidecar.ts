import { component, type Daprd, type DaprdOptions, daprd } from 'elysia-dapr/testing'
import { withTypes } from '../../dapr/install/component-types.ts'
import { obtain } from '../../dapr/install/obtain.ts'
import type { Setting } from './benchmark.ts'
import { pubsub, store } from './delivery.ts'

/** A real daprd whose broker and store are in its own memory: what it takes itself is the least there is. */
export async function startSidecar(
  options: DaprdOptions,
  { signal }: Pick<Setting, 'signal'>,
): Promise<Daprd> {
  const { paths } = await obtain(['daprd'], {
    components: withTypes({ uses: [], registrations: [] }, [
      'nameresolution.sqlite',
      'pubsub.in-memory',
      'state.in-memory',
    ]),
    report: (line, kind) => void (kind === 'step' && process.stderr.write(`${line}\n`)),
    signal,
  })
  return await daprd({
    ...options,
    binary: paths.daprd,
    apiToken: '',
    appToken: '',
    resources: [component(pubsub, 'pubsub.in-memory'), component(store, 'state.in-memory')],
  })
}
