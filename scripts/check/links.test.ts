import { expect, test } from 'bun:test'
import { fixtureTree } from './fixture.ts'
import { anchorsIn, checkLinks, linksIn } from './links.ts'

test('relative links are found outside of code', () => {
  const markdown = [
    'See [one](docs/one.md), [two](two.md#part) and [the site](https://example.com/a.md).',
    'Not `[three](three.md)`.',
    '```md',
    '[four](four.md)',
    '```',
    '| [five](#five) |',
  ].join('\n')
  expect(linksIn(markdown)).toEqual([
    { target: 'docs/one.md', line: 1 },
    { target: 'two.md#part', line: 1 },
    { target: '#five', line: 6 },
  ])
})

test('headings have the names that GitHub gives them', () => {
  const markdown = '# Where it is\n## `bun start`, and [more](x.md)\n## Why\n## Why\n```sh\n# no\n```\n'
  expect([...anchorsIn(markdown)]).toEqual(['where-it-is', 'bun-start-and-more', 'why', 'why-1'])
})

test('a link that leads nowhere is named, in every document', async () => {
  await using tree = await fixtureTree({
    'README.md': '[docs](docs/README.md), [gone](docs/gone.md)\n',
    'docs/README.md':
      '# Index\n\n[up](../README.md) [a](patterns/a.md#how) [b](patterns/a.md#no) [out](../../x.md)\n',
    'docs/patterns/a.md': '## How\n\n[folder](..) [source](../../src/a.ts)\n',
    'services/cart/README.md': '[missing](src)\n',
    'src/a.ts': '',
  })
  expect(await checkLinks(tree.root)).toEqual([
    { file: 'README.md', line: 1, message: 'links to docs/gone.md, which does not exist' },
    {
      file: 'docs/README.md',
      line: 3,
      message: 'links to patterns/a.md#no, but docs/patterns/a.md has no such heading',
    },
    { file: 'docs/README.md', line: 3, message: 'links to ../../x.md, which is outside of the repository' },
    { file: 'services/cart/README.md', line: 1, message: 'links to src, which does not exist' },
  ])
})
