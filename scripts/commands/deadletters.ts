import { defineCommand } from 'citty'
import {
  type Kept,
  keptTable,
  noLetter,
  readKept,
  releaseWaiting,
  replayedText,
  replayLetters,
  serviceNamed,
} from '../operations/dead-letters.ts'
import { type Operated, operatedServices } from '../operations/operator.ts'
import { readInstance } from '../supervisor/session/instance.ts'
import { ShopError } from '../supervisor/shop-error.ts'

const usage = `Use one of:
  bun run deadletters [list]
  bun run deadletters show ID
  bun run deadletters replay [SERVICE] --id ID,…
  bun run deadletters replay [SERVICE] --all
  bun run deadletters release SERVICE TOPIC KEY`

export default defineCommand({
  meta: {
    name: 'deadletters',
    description:
      'Events that services of the running shop gave up, and those that wait for a missing one: list, show ID, ' +
      'replay [SERVICE], release SERVICE TOPIC KEY. Exit 1 if one cannot be replayed',
  },
  args: {
    action: {
      type: 'positional',
      required: false,
      description: 'list (default), show, replay or release, with what it is about',
    },
    id: { type: 'string', description: 'Replays these alone; several with commas' },
    all: { type: 'boolean', description: 'Replays all of them' },
    json: { type: 'boolean', description: 'Prints JSON' },
  },
  async run({ args }) {
    const [action = 'list', ...about] = args._
    const perform = actions[action]
    if (!perform) throw new ShopError(`'${action}' is nothing that can be done. ${usage}`)
    const ids = args.id?.split(',').filter(Boolean)
    await perform(() => operatedServices(readInstance({ root: process.cwd() })), about, {
      ...(ids && { ids }),
      all: args.all ?? false,
      print: (text, value) => console.log(args.json ? JSON.stringify(value, null, 2) : text),
    })
  },
})

interface Options {
  ids?: string[]
  all: boolean
  print(text: string, value: unknown): void
}

type Action = (services: () => Promise<Operated[]>, about: string[], options: Options) => Promise<void>

const actions: Record<string, Action> = {
  async list(services, about, { print }) {
    if (about.length > 0) throw new ShopError(usage)
    const { deadLetters, parked, ...rest }: Kept = await readKept(await services())
    print(keptTable({ deadLetters, parked, ...rest }), { deadLetters, parked })
  },

  async show(services, [id, ...rest], { print }) {
    if (id === undefined || rest.length > 0) throw new ShopError(usage)
    const { deadLetters } = await readKept(await services())
    const letters = deadLetters.filter(letter => letter.id === id)
    if (letters.length === 0) throw noLetter(id)
    print(letters.map(letter => JSON.stringify(letter, null, 2)).join('\n'), letters)
  },

  async replay(services, [name, ...rest], { ids, all, print }) {
    if (rest.length > 0) throw new ShopError(usage)
    if (all === (ids !== undefined)) throw new ShopError(`Say which: --id ID,… or --all. ${usage}`)
    const running = await services()
    const chosen = name === undefined ? running : [serviceNamed(running, name)]
    if (name !== undefined && (await readKept(chosen)).services.length === 0) {
      throw new ShopError(`${name} has no database, and so keeps no dead letters.`)
    }
    const results = await replayLetters(chosen, ids)
    print(replayedText(results), results)
    if (results.some(({ failed }) => failed.length > 0)) process.exitCode = 1
  },

  async release(services, [name, topic, key, ...rest], { print }) {
    if (name === undefined || topic === undefined || key === undefined || rest.length > 0)
      throw new ShopError(usage)
    const released = await releaseWaiting(serviceNamed(await services(), name), topic, key)
    print(`${name}: ${released} handled without what was missing`, { service: name, released })
  },
}
