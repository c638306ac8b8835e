import { assertNone, type Row } from '../../swap/row.ts'
import { ledgerOf } from '../../swap/world.ts'

const times = 3

export const broker: Row[] = [
  {
    id: 'broker-again',
    title: 'broker killed three times: every subscription hears again after',
    limit: 400,
    async run(world) {
      const { names, none } = await world.servers('events')
      if (names.length === 0) return { words: none }
      const ledger = await ledgerOf(world)
      const seconds: number[] = []
      for (let time = 0; time < times; time++) {
        for (const name of names) await world.kill(name)
        const back = performance.now()
        await ledger.place(...Array<'ordinary'>(10).fill('ordinary'))
        assertNone(await ledger.drain())
        seconds.push((performance.now() - back) / 1_000)
      }
      const longest = Math.max(...seconds)
      return { words: `✓ ${longest.toFixed(1)} s`, values: { seconds: longest } }
    },
  },
]
