import { serversBehind } from '../../scripts/supervisor/backing-services/backing-services.ts'
import { sidecarName } from '../../scripts/supervisor/processes/part.ts'
import { readRunFile } from '../../scripts/supervisor/shop/runfile.ts'
import { fulfilment } from '../shop/broken-fulfilment.ts'
import { kill, provider, signal } from '../shop/checkouts.ts'
import { runDemo } from '../shop/run-demo.ts'
import type { Shop } from '../shop/shop.ts'
import { isComponent, readResources } from './component-set.ts'
import { startLocalProbe } from './local-probe.ts'
import { residentMemory } from './memory.ts'
import type { Servers, World } from './world.ts'

/** What rows do to a shop that `bun start` runs: its parts are processes of this machine. */
export function localWorld(
  shop: Shop,
  more: Pick<World, 'set' | 'signal' | 'cleanup'> & { patience?: number },
): World {
  const { instance } = shop
  const { set, signal: ending, cleanup } = more
  return {
    ...more,
    shop,
    life: lifeOf(shop),
    parts: async () =>
      shop.processes().flatMap(({ name, role }) => (role === 'infrastructure' ? [] : [name])),
    servers: behind => serversOf(shop, set, behind),
    kill: name => kill(shop, name),
    async cutOff(service) {
      for (const part of [sidecarName(service), service]) signal(shop, part, 'SIGKILL')
    },
    hold: service => stop(shop, service),
    fulfilment: {
      break: async () => await fulfilment(shop).break(),
      repair: async () => await fulfilment(shop).repair(),
    },
    async replayLetters() {
      const { code, output } = await shop.command('deadletters', 'replay', '--all')
      if (code !== 0) throw new Error(`the replay failed: ${output}`)
    },
    async metrics(app) {
      const found = (await readRunFile(instance)).find(({ id }) => id === app)
      return [await (await fetch(`http://127.0.0.1:${found?.metricsPort}/metrics`)).text()]
    },
    sidecarMemory: async () =>
      residentMemory(shop.processes().flatMap(({ role, pid }) => (role === 'sidecar' ? [pid] : []))),
    startProbe: () => startLocalProbe({ set, instance, signal: ending, cleanup }),
    async demo() {
      const { child, result } = runDemo(shop)
      cleanup.defer(() => child.kill())
      return await result
    },
    async calm() {
      for (const { pid } of shop.processes()) process.kill(pid, 'SIGCONT')
      await Promise.allSettled([
        Promise.try(() => provider(shop).goOn()),
        Promise.try(() => fulfilment(shop).repair()),
      ])
    },
  }
}

function lifeOf(shop: Shop): Promise<never> {
  const life = shop.starter.exited.then((code): never => {
    throw new Error(`the shop has ended (exit ${code}): ${shop.output().trimEnd().split('\n').at(-1)}`)
  })
  life.catch(() => undefined)
  return life
}

async function serversOf({ instance }: Shop, set: string, behind: 'events' | 'states'): Promise<Servers> {
  const brokers = serversBehind(instance, 'pubsub')
  if (behind === 'events') return { names: brokers, none: 'the broker was given' }
  const resources = await readResources(`${instance.root}/components/${set}`)
  const stores = resources.filter(isComponent).filter(({ spec }) => spec.type.startsWith('state.'))
  const servers = [...new Set(stores.flatMap(({ metadata }) => serversBehind(instance, metadata.name)))]
  const hasAddress = stores.some(({ spec }) => spec.metadata?.some(item => item.secretKeyRef))
  const none = hasAddress ? 'the server was given' : 'no server'
  return {
    names: servers.filter(name => !brokers.includes(name)),
    none: servers.length > 0 ? 'is the broker' : none,
  }
}

/** Stops a process; one that was killed meanwhile needs nothing to go on. */
async function stop(shop: Shop, service: string): Promise<() => Promise<void>> {
  const stopped = shop.pids()[service]
  signal(shop, service, 'SIGSTOP')
  return async () => {
    if (stopped !== undefined && shop.pids()[service] === stopped) process.kill(stopped, 'SIGCONT')
  }
}
