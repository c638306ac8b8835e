import { messageOf } from '../../dapr/install/errors.ts'
import type { Pod, Workload } from '../../scripts/kubernetes/cluster-state.ts'
import { kubectl } from '../../scripts/kubernetes/kubectl.ts'
import { type Forwards, openForwards } from './forward.ts'
import { testLabel } from './install/installation.ts'

/** A service of the shop, as its Deployment says it. */
export interface App {
  name: string
  port: number
  protocol: string
  image: string
  replicas: number
}

/** The namespace of a shop on the cluster of KUBECONFIG. */
export interface Cluster extends AsyncDisposable {
  namespace: string
  /** Runs kubectl in the namespace, to its end. @returns its standard output */
  run(args: readonly string[], input?: string): Promise<string>
  /** Objects of a kind, as `kubectl get` names it. */
  list<Item>(kind: string, ...args: string[]): Promise<Item[]>
  /** @param key @default the name */
  secret(name: string, key?: string): Promise<string>
  /** The services of the shop, by name. */
  apps(): Promise<App[]>
  /** Pods of a service or server that are ready and do not end, the oldest first. */
  pods(name: string): Promise<Pod[]>
  /** Asks a port of one pod. @throws Error when it does not answer */
  askPod(pod: string, port: number, path: string, init?: RequestInit): Promise<Response>
  /** Asks a port of any ready pod of a service or server, again while none answers. */
  ask(name: string, port: number, path: string, init?: RequestInit): Promise<Response>
  forwards: Forwards
}

export const nameLabel = 'app.kubernetes.io/name'

/** Between two looks at the cluster, in milliseconds: each is a run of kubectl. */
export const pace = 500

/** Longest time without an answer of a pod, in milliseconds. */
const patience = 60_000

export function openCluster(namespace: string, signal: AbortSignal): Cluster {
  const forwards = openForwards()
  /** The pod that answered last, by service. */
  const last = new Map<string, string>()
  const secrets = new Map<string, Promise<string>>()

  const run: Cluster['run'] = (args, input = '') =>
    kubectl(['--namespace', namespace, ...args], { input, signal })

  async function list<Item>(kind: string, ...args: string[]): Promise<Item[]> {
    return JSON.parse(await run(['get', kind, ...args, '--output', 'json'])).items
  }

  async function pods(name: string): Promise<Pod[]> {
    const found = await list<Pod>('pods', '--selector', `${nameLabel}=${name}`)
    return found
      .filter(isReady)
      .sort((a, b) => (a.status.startTime ?? '').localeCompare(b.status.startTime ?? ''))
  }

  async function askPod(pod: string, port: number, path: string, init?: RequestInit): Promise<Response> {
    return await forwards.through({ namespace, target: `pod/${pod}`, port }, async local => {
      const answer = await fetch(`http://127.0.0.1:${local}${path}`, init)
      // whole, so that a break is a failure of this call
      const body = await answer.arrayBuffer()
      return new Response(body.byteLength > 0 ? body : null, answer)
    })
  }

  return {
    namespace,
    run,
    list,
    pods,
    askPod,
    forwards,

    async secret(name, key = name) {
      const read = secrets.get(name) ?? run(['get', 'secret', name, '--output', 'json'])
      secrets.set(name, read)
      return atob(JSON.parse(await read).data[key] ?? '')
    },

    async apps() {
      const found = await list<Workload>(
        'deployments',
        '--selector',
        `app.kubernetes.io/part-of=shop,!${testLabel}`,
      )
      return found.map(toApp)
    },

    async ask(name, port, path, init) {
      const deadline = performance.now() + patience
      for (;;) {
        signal.throwIfAborted()
        try {
          const pod = last.get(name) ?? (await pods(name))[0]?.metadata.name
          if (pod === undefined) throw new Error('no pod of it is ready')
          const answer = await askPod(pod, port, path, init)
          last.set(name, pod)
          return answer
        } catch (error) {
          last.delete(name)
          if (performance.now() > deadline) throw new Error(`${name}:${port}${path}: ${messageOf(error)}`)
          await Bun.sleep(pace)
        }
      }
    },

    [Symbol.asyncDispose]: () => forwards[Symbol.asyncDispose](),
  }
}

function toApp({ metadata, spec }: Workload): App {
  const annotations = spec.template.metadata?.annotations ?? {}
  return {
    name: metadata.name,
    port: Number(annotations['dapr.io/app-port']),
    protocol: annotations['dapr.io/app-protocol'] ?? 'http',
    image: spec.template.spec.containers.find(({ name }) => name === 'app')?.image ?? '',
    replicas: spec.replicas ?? 1,
  }
}

function isReady({ metadata, status }: Pod): boolean {
  const isThere =
    status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  return isThere && metadata.deletionTimestamp === undefined
}
