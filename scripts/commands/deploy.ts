import { defineCommand } from 'citty'
import { overlayFolder } from '../check/kubernetes/overlays.ts'
import { runTool } from '../check/run-tool.ts'
import { deploy } from '../deploy/deploy.ts'
import { kubectl } from '../kubernetes/kubectl.ts'
import { ShopError } from '../supervisor/shop-error.ts'
import { loadTopology } from '../topology/load.ts'
import { wholeSeconds } from '../whole-seconds.ts'

export default defineCommand({
  meta: {
    name: 'deploy',
    description:
      'Apply an overlay of k8s/overlays to the cluster of KUBECONFIG, with new images of some services; wait until all ' +
      'is healthy, and go back to what was there otherwise. Exit 1 then',
  },
  args: {
    overlay: {
      type: 'positional',
      required: true,
      description: 'Name of a folder below k8s/overlays, or a path such as ./my-overlay',
    },
    images: {
      type: 'string',
      valueHint: 'FILE',
      description: 'A line SERVICE=IMAGE for each new image. Default: none, the configuration alone',
    },
    url: { type: 'string', description: 'Has to answer well after the rollout, e.g. a product at the edge' },
    timeout: { type: 'string', default: '300', valueHint: 'SECONDS', description: 'For the rollout' },
    older: { type: 'boolean', description: 'Even when what runs is of a later commit' },
  },
  async run({ args }) {
    const timeoutSeconds = wholeSeconds('timeout', args.timeout)
    const names = (await loadTopology()).services.map(({ name }) => name)
    const { code, output: commit } = await runTool(['git', 'rev-parse', 'HEAD'])
    if (code !== 0) throw new ShopError('There is no commit here to deploy.')
    await deploy({
      kubectl,
      overlay: overlayFolder(process.cwd(), args.overlay),
      services: names,
      images: args.images === undefined ? {} : parseImages(await readText(args.images), names),
      commit: commit.trim(),
      isBefore: async commit => args.older || (await isInHistory(commit)),
      timeoutSeconds,
      url: args.url || undefined,
      report: line => console.log(line),
    })
  },
})

async function readText(file: string): Promise<string> {
  if (await Bun.file(file).exists()) return await Bun.file(file).text()
  throw new ShopError(`There is no file '${file}'.`)
}

function parseImages(text: string, services: readonly string[]): Record<string, string> {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  return Object.fromEntries(
    lines.map(line => {
      const [, service = '', image = ''] = /^([\w-]+)=(\S+)$/.exec(line.trim()) ?? []
      if (services.includes(service)) return [service, image]
      throw new ShopError(`'${line}' is no line SERVICE=IMAGE of one of ${services.join(', ')}.`)
    }),
  )
}

async function isInHistory(commit: string): Promise<boolean> {
  return (await runTool(['git', 'merge-base', '--is-ancestor', commit, 'HEAD'])).code === 0
}
