import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Obtained } from '../../../dapr/install/obtain.ts'
import { sidecarEnvironment } from '../../../dapr/sidecar-settings.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import type { Security } from '../shop/service-parts.ts'

interface ShellEnvironmentOptions {
  instance: Instance
  paths: Obtained['paths']
  security: Security | undefined
}

/**
 * Writes `.local/run/env`, which a shell sources to ask a sidecar something, or before `dapr run -f dapr/dapr.yaml`:
 * daprd and the apps inherit it from the CLI, which has no keys for tokens and trust anchors.
 */
export function writeShellEnvironment({ instance, paths, security }: ShellEnvironmentOptions): void {
  const bin = join(instance.root, 'node_modules/.bin')
  const cli = paths.dapr === undefined ? [] : [dirname(paths.dapr)]
  const variables: Record<string, string> = {
    NAMESPACE: 'default',
    DAPR_HOST_IP: '127.0.0.1',
    // the CLI looks for daprd in $DAPR_RUNTIME_PATH/.dapr/bin
    DAPR_RUNTIME_PATH: runtimeFolder(instance, paths.daprd),
  }
  if (security) {
    variables.DAPR_API_TOKEN = security.tokens.daprApi
    variables.APP_API_TOKEN = security.tokens.appApi
    variables.DAPR_TRUST_ANCHORS = security.trustAnchors
  }
  const lines = [
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`),
    `export PATH=${quoted([bin, ...cli, dirname(paths.daprd)].join(':'))}:"$PATH"`,
  ]
  writePrivate(join(instance.runDir, 'env'), `${lines.join('\n')}\n`)
}

function runtimeFolder({ runDir }: Instance, daprd: string): string {
  const folder = join(runDir, 'cli')
  mkdirSync(join(folder, '.dapr/bin'), { recursive: true })
  writeFileSync(join(folder, '.dapr/bin/daprd'), withSettings(daprd), { mode: 0o755 })
  return folder
}

/** A program that becomes daprd. The CLI's own environment would hold the apps to the settings, and the compilers. */
function withSettings(daprd: string): string {
  const settings = Object.entries(sidecarEnvironment).map(
    ([name, value]) => `export ${name}="\${${name}:-${value}}"`,
  )
  return ['#!/bin/sh', ...settings, `exec ${quoted(daprd)} "$@"`, ''].join('\n')
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`
}
