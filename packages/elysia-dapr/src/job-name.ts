/**
 * The name that daprd has of a job, or of one of many jobs of a kind.
 *
 * The scheduler refuses slashes, `#`, `?` and control characters. daprd trims spaces when it schedules and not when it
 * finds, and puts the name into the URL of the app as it is: a `%` would make another name, or none that it can deliver.
 * @throws TypeError for a key that cannot be in it
 */
export function jobName(name: string, key?: string): string {
  if (key === undefined) return name
  if (key === '' || key.trimEnd() !== key || !key.isWellFormed() || /[/\\#?%\p{Cc}]/u.test(key)) {
    throw new TypeError(
      `${JSON.stringify(key)} cannot be a job's key: it is empty, ends in a space or has one of / \\ # ? %`,
    )
  }
  return `${name}@${key}`
}
