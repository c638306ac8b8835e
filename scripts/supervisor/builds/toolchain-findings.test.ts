import { expect, test } from 'bun:test'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { fixtureTree } from '../../check/fixture.ts'
import { toolchainFindings } from './toolchain-findings.ts'

const service = (name: string, language: string, port: number) =>
  `name: ${name}\ndescription: Does ${name}.\nlanguage: ${language}\nwithout: no ${name}\ncommand: [${name}]\nport: ${port}\n`

test('each toolchain that a service needs is found, or what is skipped without it', async () => {
  await using tree = await fixtureTree({
    'services/cart/service.yaml': service('cart', 'typescript', 8002),
    'services/insights/service.yaml': service('insights', 'python', 8007),
    'services/shipping/service.yaml': service('shipping', 'go', 8006),
    'bin/python3': '#!/bin/sh\necho 3.12.1; echo venv\n',
  })
  await chmod(join(tree.root, 'bin/python3'), 0o700)
  expect(await toolchainFindings({ root: tree.root }, { PATH: join(tree.root, 'bin') })).toEqual([
    { level: 'good', subject: 'Python', what: '3.12.1, for insights' },
    {
      level: 'note',
      subject: 'Go',
      what: 'Go is not found (https://go.dev/dl)',
      fix: 'install it; until then shipping is skipped: no shipping',
    },
  ])
})
