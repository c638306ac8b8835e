import type { Endpoint } from '../contract.ts'
import { segment } from './segment.ts'

type Values = Record<string, unknown>

/** @throws TypeError for what a URL cannot hold */
export function pathOf({ path }: Endpoint, params: Values = {}, query: Values = {}): string {
  return fillPath(path, params) + toSearch(query)
}

function fillPath(path: string, params: Values): string {
  // As far as Elysia reads a name, and the types do.
  return path.replace(/:([^/]+)/g, (_, name: string) =>
    segment(`the parameter ${name} of ${path}`, toText(name, params[name] ?? '')),
  )
}

function toSearch(query: Values): string {
  const pairs: [string, string][] = []
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const each of Array.isArray(value) ? value : [value]) pairs.push([name, toText(name, each)])
  }
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}

function toText(name: string, value: unknown): string {
  const type = typeof value
  if (type === 'string' || type === 'number' || type === 'boolean' || type === 'bigint') return String(value)
  throw new TypeError(`${name} is ${value === null ? 'null' : type}: a URL holds texts, numbers and booleans`)
}
