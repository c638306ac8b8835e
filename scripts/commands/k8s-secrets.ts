import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { parse, stringify } from 'yaml'
import { folderOf, givenSecrets } from '../check/kubernetes/overlays.ts'
import { randomSecrets } from '../kubernetes/random-secrets.ts'
import { ShopError } from '../supervisor/shop-error.ts'
import { loadTopology } from '../topology/load.ts'

export default defineCommand({
  meta: {
    name: 'k8s:secrets',
    description:
      'Prints the secrets of an overlay that has its servers in the namespace, with random values, new each time: ' +
      'for kubectl create -f -, which leaves those alone that are there',
  },
  args: {
    overlay: { type: 'positional', description: 'Name of a folder below k8s/overlays', required: true },
  },
  async run({ args }) {
    await print(args.overlay)
  },
})

async function print(overlay: string, root = process.cwd()): Promise<void> {
  const folder = folderOf(root, overlay)
  const { secrets } = givenSecrets(root, folder)
  if (!secrets.has('postgres-server')) {
    throw new ShopError(
      `The overlay ${overlay} has no server in the namespace: its secrets come from where its servers are. See docs/kubernetes.md.`,
    )
  }
  const { services } = await loadTopology(root)
  const inFiles = services.filter(({ dir }) => !existsSync(join(root, dir, 'migrations/postgres')))
  const { made, left } = randomSecrets(
    [...secrets.keys()],
    inFiles.map(({ name }) => name),
  )
  const { namespace } = parse(await Bun.file(join(root, folder, 'kustomization.yaml')).text())
  const objects = Object.entries(made).map(([name, stringData]) =>
    stringify(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData },
      { lineWidth: 0 },
    ),
  )
  console.log(objects.join('---\n').trimEnd())
  for (const name of left) console.error(`${name} is yours to make: it has ${secrets.get(name)?.join(', ')}.`)
}
