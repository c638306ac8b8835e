import { defineCommand } from 'citty'
import { loadWarning } from '../../benchmarks/lib/load-average.ts'
import { type InstallOptions, installShop } from '../../tests/kubernetes/install/install.ts'
import { runOnCluster } from '../../tests/kubernetes/run-on-cluster.ts'
import { rowIds } from '../../tests/swap/chosen-rows.ts'
import { type Progress, startProgress } from '../../tests/swap/progress.ts'
import type { Group, Outcome } from '../../tests/swap/row.ts'
import { renderText } from '../../tests/swap/table.ts'
import { furtherArguments } from '../further-arguments.ts'
import { kubectl } from '../kubernetes/kubectl.ts'
import { say } from '../supervisor/logs/say.ts'
import { untilInterrupted } from '../until-interrupted.ts'
import { wholeSeconds } from '../whole-seconds.ts'

export default defineCommand({
  meta: {
    name: 'test:k8s',
    description:
      'Install the whole shop on the cluster of KUBECONFIG, in a namespace of its own, and ask of it what test:swap asks, ' +
      'through the edge, and what only a cluster has: mutual TLS, rolling updates, killed pods. Takes away what it installed. ' +
      'What stands after -- goes to docker build. Exit 1 when something fails',
  },
  args: {
    overlay: {
      type: 'positional',
      required: false,
      description: 'Folder below k8s/overlays, or a path such as ./my-overlay. Default: local',
    },
    load: {
      type: 'string',
      valueHint: 'COMMAND',
      description:
        'Brings images to the nodes: gets an archive of docker on its standard input, such as ' +
        "'kind load image-archive /dev/stdin'",
    },
    registry: {
      type: 'string',
      valueHint: 'NAME',
      description: 'Pushes images there instead, with this before their names, as in ghcr.io/team/shop',
    },
    images: { type: 'boolean', default: true, negativeDescription: 'Images are on the nodes already' },
    row: { type: 'string', valueHint: 'ID,…', description: 'These rows alone, by the ids that --json has' },
    timeout: { type: 'string', default: '300', valueHint: 'SECONDS', description: 'For the rollout' },
    keep: { type: 'boolean', description: 'Leave all that was installed' },
    json: { type: 'boolean', description: 'Print one JSON object a line, for each row as it ends' },
  },
  async run({ args, rawArgs }) {
    const timeoutSeconds = wholeSeconds('timeout', args.timeout)
    const { own, further } = furtherArguments(args._, rawArgs)
    const options: InstallOptions = {
      overlay: own[0] ?? 'local',
      images: args.images,
      load: args.load,
      registry: args.registry,
      further,
      timeoutSeconds,
    }
    const interrupt = untilInterrupted()
    try {
      const rows = rowIds(args.row)
      const { groups, outcomes } = await test(options, { ...args, rows, signal: interrupt.signal })
      if (!args.json) say(renderText(groups, [outcomes]))
      if (outcomes.some(({ ok }) => !ok)) process.exitCode = 1
    } catch (error) {
      if (!interrupt.signal.aborted) throw error
      process.exitCode = interrupt.exitCode()
    }
  },
})

interface TestOptions {
  rows: string[] | undefined
  keep?: boolean | undefined
  json?: boolean | undefined
  signal: AbortSignal
}

async function test(
  options: InstallOptions,
  { rows, keep, json, signal }: TestOptions,
): Promise<{ groups: readonly Group[]; outcomes: Outcome[] }> {
  const warning = loadWarning()
  if (warning) process.stderr.write(`${warning}\n`)
  const cleanup = new AsyncDisposableStack()
  let groups: readonly Group[] = []
  let progress: Progress | undefined
  try {
    const report = (line: string) => process.stderr.write(`${line}\n`)
    const root = process.cwd()
    const installed = await installShop({ kubectl, root, report, signal, cleanup }, options)
    const outcomes = await runOnCluster({
      ...installed,
      signal,
      ...(rows && { only: rows }),
      onBegin(all) {
        groups = all
        progress = startProgress(all.flatMap(({ rows }) => rows).length)
      },
      onStep: title => progress?.step('kubernetes', title),
      onOutcome(outcome) {
        progress?.done(outcome)
        if (json) say(JSON.stringify(outcome))
      },
    })
    return { groups, outcomes }
  } finally {
    progress?.clear()
    if (!keep) await cleanup.disposeAsync()
  }
}
