import type { Setting } from '../../../dapr/install/component-metadata.ts'

/** What daprd takes for true is in kit's strings.IsTruthy; anything else is false to it, a slip of the pen as well. */
const bools = ['y', 'yes', 'true', 't', 'on', '1', 'n', 'no', 'false', 'f', 'off', '0']

const formats: Record<NonNullable<Setting['type']>, { pattern: RegExp; fix: string }> = {
  bool: { pattern: new RegExp(`^(${bools.join('|')})$`, 'i'), fix: 'write "true" or "false"' },
  number: { pattern: /^[+-]?\d+(\.\d+)?$/, fix: 'write a number' },
  // Go's durations; a number alone stands for seconds, or for milliseconds with some
  duration: {
    pattern: /^[+-]?(\d+|((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+)$/,
    fix: 'write a duration, e.g. "20s" or "1m30s"',
  },
  bytesize: { pattern: /^\d+(\.\d+)?([kMGTPE]|[KMGTPE]i)?$/, fix: 'write a size, e.g. "64Ki"' },
}

/**
 * What to write in place of a value, when the setting does not take it.
 *
 * @param namesakes the same setting in other ways to authenticate, whose values are right as well
 */
export function valueProblem(
  value: string,
  { type, allowed }: Setting,
  namesakes: readonly Setting[],
): string | undefined {
  // filled in by daprd
  if (value === '' || /\{(appID|namespace|podName|uuid)\}/.test(value)) return undefined
  if (allowed && !allowed.some(each => each.toLowerCase() === value.toLowerCase())) {
    const all = new Set(namesakes.flatMap(each => each.allowed ?? []))
    return `write one of ${[...all].join(', ')}`
  }
  if (!type || formats[type].pattern.test(value.trim())) return undefined
  return formats[type].fix
}

/** As daprd takes a bool. https://github.com/dapr/kit/blob/v0.18.2/strings/strings.go */
export function isTrue(value: string | undefined): boolean {
  return /^\s*(y|yes|true|t|on|1)\s*$/i.test(value ?? '')
}

/** A duration in milliseconds; a number alone stands for `unit` of them. NaN: none. */
export function milliseconds(value: string, unit = 1_000): number {
  if (/^[+-]?\d+$/.test(value.trim())) return Number(value) * unit
  if (!formats.duration.pattern.test(value.trim())) return Number.NaN
  const units: Record<string, number> = {
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    ms: 1,
    s: 1_000,
    m: 60_000,
    h: 3_600_000,
  }
  const parts = [...value.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)]
  const sum = parts.reduce(
    (total, [, count = '', name = '']) => total + Number(count) * (units[name] ?? 0),
    0,
  )
  return value.trim().startsWith('-') ? -sum : sum
}
