import { defineCommand } from 'citty'
import { say } from '../supervisor/logs/say.ts'
import { readInstance } from '../supervisor/session/instance.ts'
import { examine } from '../supervisor/shop/examine.ts'
import { ShopError } from '../supervisor/shop-error.ts'

const marks = { good: '✔', note: '•', problem: '✖' }

export default defineCommand({
  meta: {
    name: 'doctor',
    description:
      'Versions, Dapr, ports, disk, leftovers, and what to do about each finding. Exit 1 if a start would fail',
  },
  args: {
    set: {
      type: 'string',
      valueHint: 'NAME',
      description: 'Component set to look at. Default: SHOP_SET, or embedded',
    },
  },
  async run({ args }) {
    const findings = await examine(readInstance({ root: process.cwd(), set: args.set }))
    const width = Math.max(...findings.map(({ subject }) => subject.length))
    for (const { level, subject, what, fix } of findings) {
      say(`${marks[level]} ${subject.padEnd(width)}  ${what}`)
      if (fix) say(`  ${' '.repeat(width)}  → ${fix}`)
    }
    const problems = findings.filter(({ level }) => level === 'problem').length
    if (problems > 0)
      throw new ShopError(
        `\n${problems} ${problems === 1 ? 'problem keeps' : 'problems keep'} the shop from starting.`,
      )
    say('\nNothing keeps the shop from starting.')
  },
})
