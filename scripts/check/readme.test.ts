import { expect, test } from 'bun:test'
import { fixtureTree } from './fixture.ts'
import { checkReadme, commandsIn, scriptsIn } from './readme.ts'

test('finds commands in code blocks and code spans, not in prose', () => {
  const markdown = [
    'Prose may say bun run nothing.',
    'Use `bun start`, `npx -y bun run test` or `bun install`.',
    '```sh',
    'GATEWAY_PORT=9000 bun run demo --rate 5',
    'npx -y bun start',
    '```',
  ].join('\n')
  expect(commandsIn(markdown)).toEqual([
    { name: 'start', line: 2 },
    { name: 'test', line: 2 },
    { name: 'demo', line: 4 },
    { name: 'start', line: 5 },
  ])
})

test('finds the files that are run', () => {
  const markdown = [
    'Use `bun scripts/docs/record.ts --x`, `bun test ./tests/a` or `python3 services/a/build.py`.',
    'Not `bun start`, `bun test` and bun scripts/prose.ts.',
  ].join('\n')
  expect(scriptsIn(markdown).map(({ path }) => path)).toEqual([
    'scripts/docs/record.ts',
    'tests/a',
    'services/a/build.py',
  ])
})

test('names a documented command without a script and a script without its command file', async () => {
  await using tree = await fixtureTree({
    'package.json': JSON.stringify({
      scripts: { start: 'bun scripts/run.ts start', stop: 'bun scripts/run.ts stop' },
    }),
    'scripts/commands/start.ts': '',
    'README.md': '# Shop\n\n`bun start`, then `bun run tset`\n',
    'docs/patterns/a.md': '`bun scripts/gone.ts`, `bun scripts/commands/start.ts`\n',
  })
  expect(await checkReadme(tree.root)).toEqual([
    { file: 'README.md', line: 3, message: 'names "bun run tset", which package.json does not have' },
    { file: 'docs/patterns/a.md', line: 1, message: 'runs scripts/gone.ts, which does not exist' },
    { file: 'package.json', message: 'script "stop" needs scripts/commands/stop.ts' },
  ])
})
