/** The name that daprd has of a job, or of one of many jobs of a kind. @throws TypeError for a key that cannot be in it */
export function jobName(name: string, key?: string): string {
  if (key === undefined) return name
  assertJobName(key)
  return `${name}@${key}`
}

/**
 * The scheduler refuses slashes, `#`, `?` and control characters. daprd trims spaces when it schedules and not when it
 * finds, and puts the name into the URL of the app as it is: a `%` would make another name, or none that it can deliver.
 * @throws TypeError
 */
export function assertJobName(name: string): void {
  const isTaken = name !== '' && name !== '.' && name !== '..' && name.trim() === name && name.isWellFormed()
  if (!isTaken || /[/\\#?%\p{Cc}]/u.test(name)) {
    throw new TypeError(
      `${JSON.stringify(name)} cannot name a job: it is empty, has spaces around it or one of / \\ # ? %`,
    )
  }
}
