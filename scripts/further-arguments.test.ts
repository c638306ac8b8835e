import { expect, test } from 'bun:test'
import { defineCommand, runCommand } from 'citty'
import { furtherArguments } from './further-arguments.ts'

async function split(...rawArgs: string[]) {
  const command = defineCommand({
    args: { name: { type: 'positional', required: false }, tag: { type: 'string' } },
    run: ({ args, rawArgs }) => furtherArguments(args._, rawArgs),
  })
  return (await runCommand(command, { rawArgs })).result
}

test.each([
  [['a', 'b'], ['a', 'b'], []],
  [['a', '--tag', 'x', '--', '--network', 'host'], ['a'], ['--network', 'host']],
  [['--', '--build-arg', 'BUN=x'], [], ['--build-arg', 'BUN=x']],
  [['a', '--'], ['a'], []],
  [[], [], []],
])('%j', async (rawArgs, own, further) => {
  expect(await split(...rawArgs)).toEqual({ own, further })
})
