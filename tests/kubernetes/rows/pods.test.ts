import { expect, test } from 'bun:test'
import type { Pod } from '../../../scripts/kubernetes/cluster-state.ts'
import { wrongIn } from './pods.ts'

function pod(containers: string[], initContainers: string[] = []): Pod {
  const named = (names: string[]) => names.map(name => ({ name }))
  return {
    kind: 'Pod',
    metadata: { name: 'orders-7f', uid: '1' },
    spec: { containers: named(containers), initContainers: named(initContainers) },
    status: {},
  }
}

test.each([
  ['an app and its sidecar', pod(['app', 'daprd']), ''],
  ['a sidecar of the kind that begins first', pod(['app'], ['daprd']), ''],
  ['no sidecar', pod(['app']), 'orders-7f has app'],
  ['something else', pod(['app', 'daprd', 'shell']), 'orders-7f has app and daprd and shell'],
])('%s', (_, given, expected) => {
  expect(wrongIn(given)).toBe(expected)
})
