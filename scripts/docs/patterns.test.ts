import { expect, test } from 'bun:test'
import { linesOf } from '../check/documents.ts'

const pages = (await Array.fromAsync(new Bun.Glob('docs/patterns/*.md').scan())).sort()

test.each(pages)('%s answers the same questions as all pages of patterns', async page => {
  const lines = linesOf(await Bun.file(page).text()).filter(({ inCode }) => !inCode)
  const headings = lines.map(({ text }) => text).filter(text => text.startsWith('## '))
  expect(headings).toEqual([
    '## Where it is',
    '## Why',
    '## How it works',
    '## What it costs',
    '## When not to use it',
  ])
})

test('the index names every page', async () => {
  const index = await Bun.file('docs/README.md').text()
  const others = ['bounded-contexts.md', 'topology.md', 'events.md', 'contracts.md', 'life-of-an-order.md']
  for (const page of [...pages.map(page => page.slice('docs/'.length)), ...others]) {
    expect(index).toContain(`(${page})`)
  }
})
