import { defineCommand } from 'citty'
import { formatFinding } from '../check/finding.ts'
import { checkOverlay, toFinding } from '../check/kubernetes/check-kubernetes.ts'
import { findKustomize } from '../check/kubernetes/find-kustomize.ts'
import { overlaysOf } from '../check/kubernetes/overlays.ts'

export default defineCommand({
  meta: {
    name: 'check:k8s',
    description:
      'Whether overlays of k8s/ render, and hold what the pinned Kubernetes and Dapr read, with every secret, image and ' +
      'component that they need. Asks no cluster. Exit 1 if something is wrong',
  },
  args: {
    overlay: {
      type: 'positional',
      description:
        'Name of a folder below k8s/overlays, or a path such as ./my-overlay; several may be named. Default: all below k8s/overlays',
      required: false,
    },
    json: { type: 'boolean', description: 'Print the findings as JSON' },
  },
  async run({ args }) {
    process.exitCode = await run(args._, args.json ?? false)
  },
})

async function run(named: readonly string[], json: boolean, root = process.cwd()): Promise<number> {
  const overlays = named.length > 0 ? [...new Set(named)] : overlaysOf(root)
  const kustomize = await findKustomize(line => process.stderr.write(`${line}\n`))
  if ('reason' in kustomize) {
    if (json) console.log(JSON.stringify({ ok: true, skipped: kustomize.reason, overlays: [] }, null, 2))
    else console.log(`skipped: ${kustomize.reason}`)
    return 0
  }
  const { command } = kustomize
  const results = await Promise.all(
    overlays.map(async overlay => ({ overlay, ...(await checkOverlay(root, overlay, command)) })),
  )
  const count = results.reduce((sum, { findings }) => sum + findings.length, 0)
  if (json) console.log(JSON.stringify({ ok: count === 0, overlays: results }, null, 2))
  else {
    for (const { overlay, objects, findings } of results) {
      const word = findings.length === 0 ? `ok, ${objects} objects` : `${findings.length} wrong`
      console.log(`${overlay.padEnd(22)} ${word}`)
      for (const each of findings) console.log(formatFinding(toFinding(each)))
    }
  }
  return count === 0 ? 0 : 1
}
