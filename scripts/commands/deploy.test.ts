import { expect, test } from 'bun:test'
import { chmod } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { fixtureTree } from '../check/fixture.ts'
import { loadTopology } from '../topology/load.ts'

const root = resolve(import.meta.dir, '../..')

const { services } = await loadTopology(root)
const overlay = services
  .map(
    ({ name }) =>
      `kind: Deployment\nmetadata: { name: ${name}, namespace: shop }\nspec: { template: { spec: { containers: [{ name: app, image: elysia-dapr-shop/${name} }] } } }\n`,
  )
  .join('---\n')

const state = services.map(({ name }) => ({
  kind: 'Deployment',
  metadata: { name, uid: name },
  spec: { template: { spec: {} } },
  status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1 },
}))

/** Keeps what it was asked, and what is applied, under the number of the call. */
const kubectl = `#!/bin/sh
folder=$(dirname "$0")
echo "$1 $2" >> "$folder/calls"
case "$1 $2" in
  kustomize*) cat "$folder/overlay.yaml" ;;
  apply*) cat > "$folder/applied.$(wc -l < "$folder/calls" | tr -d ' ')" ;;
  'get deployments,'*) cat "$folder/state.json" ;;
esac
[ "$1 $KUBECONFIG" != "get nowhere" ] || { echo "connection refused" >&2; exit 1; }
`

async function deployIn(tree: { root: string }, args: string[], KUBECONFIG = 'here') {
  await chmod(join(tree.root, 'kubectl'), 0o700)
  const child = Bun.spawn([process.execPath, 'scripts/run.ts', 'deploy', ...args], {
    cwd: root,
    env: { ...process.env, PATH: [tree.root, process.env.PATH].join(delimiter), KUBECONFIG },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()])
  return { code: await child.exited, output, errors }
}

const images = services.map(({ name }) => `${name}=r/${name}@sha256:1`).join('\n')

test('kubectl is given the overlay with the images of the file', async () => {
  await using tree = await fixtureTree({
    kubectl,
    'overlay.yaml': overlay,
    'state.json': JSON.stringify({ items: state }),
    images,
  })
  const { code, output } = await deployIn(tree, [
    'production',
    '--images',
    join(tree.root, 'images'),
    '--url',
    '',
  ])
  expect(output).toContain('applied k8s/overlays/production; new: ')
  expect(output).toContain('is healthy in shop')
  expect(code).toBe(0)
  const applied = await Bun.file(join(tree.root, 'applied.3')).text()
  for (const { name } of services) expect(applied).toContain(`image: r/${name}@sha256:1`)
  const calls = await Bun.file(join(tree.root, 'calls')).text()
  expect(calls.split('\n').slice(0, 3)).toEqual([
    'kustomize k8s/overlays/production',
    'get configmap',
    'apply --server-side',
  ])
})

test('what kubectl says is passed on; a line that is no image is named', async () => {
  await using tree = await fixtureTree({ kubectl, 'overlay.yaml': overlay, images: 'nobody=r/x' })
  expect(await deployIn(tree, ['production'], 'nowhere')).toMatchObject({
    code: 1,
    errors: 'kubectl get configmap shop-release: connection refused\n',
  })
  const { code, errors } = await deployIn(tree, ['production', '--images', join(tree.root, 'images')])
  expect(code).toBe(1)
  expect(errors).toStartWith("'nobody=r/x' is no line SERVICE=IMAGE of one of cart, ")
})
