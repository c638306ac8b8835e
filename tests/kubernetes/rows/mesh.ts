import type { AnyShop } from '../../shop/any-shop.ts'
import { assertNone, type Row } from '../../swap/row.ts'
import type { Cluster } from '../cluster.ts'
import { presented, refusal } from '../handshake.ts'
import { reachedBy } from '../stranger.ts'

/** Where sidecars talk to each other, and where an app talks to its own. */
const ports = { internal: 50002, http: 3500, grpc: 50001 }

export interface MeshOptions {
  /** Dapr's. @default dapr-system */
  controlPlane?: string
  /** @default public */
  trustDomain?: string
}

export function mesh(cluster: Cluster, options: MeshOptions = {}): Row[] {
  const { controlPlane = 'dapr-system', trustDomain = 'public' } = options
  const { namespace, apps, pods, forwards, run } = cluster

  /** Every sidecar, as something that can be connected to. */
  async function sidecars() {
    const all = (await apps()).map(async ({ name }) =>
      (await pods(name)).map(({ metadata }) => ({ app: name, target: `pod/${metadata.name}` })),
    )
    return (await Promise.all(all)).flat()
  }

  return [
    {
      id: 'mtls',
      title: "each sidecar shows a certificate of Dapr's own authority",
      async run() {
        const bundle = ['get', 'secret', 'dapr-trust-bundle', '--namespace', controlPlane, '--output', 'json']
        const ca = atob(JSON.parse(await run(bundle)).data['ca.crt'])
        const found = await sidecars()
        const wrong = found.map(async ({ app, target }) => {
          const identity = `spiffe://${trustDomain}/ns/${namespace}/${app}`
          const seen = await forwards
            .through({ namespace, target, port: ports.internal }, port => presented(port, ca))
            .catch((error: Error) => error.message)
          return seen === identity ? [] : [`${target}: ${seen}, not ${identity}`]
        })
        assertNone((await Promise.all(wrong)).flat())
        return { words: `✓ ${found.length} sidecars` }
      },
    },
    {
      id: 'no-certificate',
      title: 'a caller without a certificate, and one without TLS, is refused',
      async run() {
        const found = await sidecars()
        const wrong = found.map(async ({ target }) => {
          const refused = (isTls: boolean) =>
            forwards.through({ namespace, target, port: ports.internal }, port => refusal(port, { isTls }))
          const [bare, plain] = [await refused(true), await refused(false)]
          return [
            ...(bare.isRefused ? [] : [`${target} answers without a certificate: ${bare.seen}`]),
            ...(plain.isRefused ? [] : [`${target} answers without TLS: ${plain.seen}`]),
          ]
        })
        assertNone((await Promise.all(wrong)).flat())
        return { words: '✓' }
      },
    },
    {
      id: 'forbidden',
      title: 'a call that access control forbids gets 403',
      async run({ shop }) {
        assertNone([
          ...(await answered(shop, 200, 'gateway', '/v1.0/invoke/orders/method/orders?customerId=ALFKI')),
          ...(await answered(shop, 403, 'insights', '/v1.0/invoke/orders/method/orders?customerId=ALFKI')),
          ...(await answered(shop, 403, 'gateway', '/v1.0/invoke/payments/method/payments', {})),
          ...(await answered(shop, 403, 'cart', '/v1.0/invoke/catalog/method/products')),
        ])
        return { words: '✓' }
      },
    },
    {
      id: 'stranger',
      title: 'a pod without a sidecar reaches no app, and no sidecar',
      limit: 120,
      async run() {
        const behind = (await apps()).filter(({ name }) => name !== 'gateway')
        const targets = behind.map(async ({ name, port }) =>
          (await pods(name)).flatMap(({ status }) => {
            const { podIP = '' } = status as { podIP?: string }
            return [port, ports.http, ports.grpc].map(each => ({ host: podIP, port: each, name }))
          }),
        )
        const asked = (await Promise.all(targets)).flat()
        const reached = await reachedBy(cluster, asked)
        assertNone(reached.map(({ name, host, port }) => `${name} is reached at ${host}:${port}`))
        return { words: `✓ ${asked.length} ports` }
      },
    },
    {
      id: 'token',
      title: 'a sidecar answers nobody without its token',
      async run({ shop }) {
        const wrong = (await apps()).map(async ({ name }) => {
          const { status } = await cluster.ask(name, ports.http, '/v1.0/metadata')
          return [
            ...(status === 401 ? [] : [`the sidecar of ${name} answers ${status} without a token`]),
            ...(await answered(shop, 200, name, '/v1.0/metadata')),
          ]
        })
        assertNone((await Promise.all(wrong)).flat())
        return { words: '✓' }
      },
    },
  ]
}

/** What is wrong with the answer of an app's sidecar. */
async function answered(
  shop: AnyShop,
  expected: number,
  app: string,
  path: string,
  body?: unknown,
): Promise<string[]> {
  const answer = await shop.askSidecar(app, path, body)
  return answer.status === expected ? [] : [`${app}: ${path} is answered ${answer.status}, not ${expected}`]
}
