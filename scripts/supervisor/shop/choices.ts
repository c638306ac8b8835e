import { edgeApp } from '../session/instance.ts'
import { ShopError } from '../shop-error.ts'
import type { RunApp } from './runfile.ts'

/** @throws ShopError naming the services that Bun runs, when the one to debug is none of them */
export function assertKnown(inspected: string | undefined, apps: RunApp[]): void {
  const names = apps.filter(({ command: [program] }) => program === 'bun').map(({ id }) => id)
  if (inspected === undefined || names.includes(inspected)) return
  throw new ShopError(
    `There is no service '${inspected}' to debug. Use --inspect with one of: ${names.join(', ')}.`,
  )
}

export function edgeUrl(apps: RunApp[]): string {
  const edge = apps.find(({ id }) => id === edgeApp) ?? apps[0]
  return `http://127.0.0.1:${edge?.appPort}`
}

/** What is shown without --logs: all apps on a terminal, nothing elsewhere. */
export function defaultLogs(apps: RunApp[]): string[] {
  return process.stdout.isTTY ? apps.map(({ id }) => id) : ['none']
}
