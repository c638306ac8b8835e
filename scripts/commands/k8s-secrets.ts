import { defineCommand } from 'citty'
import { stringify } from 'yaml'
import { overlaySecrets } from '../kubernetes/overlay-secrets.ts'

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
    const { made, left } = await overlaySecrets(process.cwd(), args.overlay)
    console.log(
      made
        .map(each => stringify(each, { lineWidth: 0 }))
        .join('---\n')
        .trimEnd(),
    )
    for (const [name, keys] of Object.entries(left))
      console.error(`${name} is yours to make: it has ${keys.join(', ')}.`)
  },
})
