/** Splits what citty takes for positionals into those of the command, and what stands after `--` for another program. */
export function furtherArguments(
  positionals: readonly string[],
  rawArgs: readonly string[],
): { own: string[]; further: string[] } {
  const end = rawArgs.indexOf('--')
  const further = end < 0 ? [] : rawArgs.slice(end + 1)
  return { own: positionals.slice(0, positionals.length - further.length), further }
}
