const causes: [pattern: RegExp, advice: string][] = [
  [
    /lockfile is frozen|failed to (parse|load) lockfile|lockfile not found/i,
    "bun.lock does not fit the package.json files: run 'bun install' and commit bun.lock.",
  ],
  [
    /ENOSPC|no space left|EDQUOT|quota exceeded/i,
    'The disk is full: free some space (node_modules and Bun’s cache need about 1 GB).',
  ],
  [
    /EACCES|EPERM|EROFS|permission denied|read-only file system/i,
    'Something cannot be written: check who owns node_modules and the cache (bun pm cache).',
  ],
  [
    /IntegrityCheckFailed|integrity check failed/i,
    'A package is not the one that bun.lock names: check the registry or the proxy in use; bun pm cache rm clears the cache.',
  ],
  [
    /Connection(Refused|Closed|Reset)|DNSResolveFailed|FailedToOpenSocket|ECONN|ENOTFOUND|EAI_AGAIN|Timeout|TLS|certificate|UNABLE_TO_|downloading (tarball|package)|https?:\/\/\S+ - [45]\d\d/i,
    'Check the network, the proxy (HTTPS_PROXY) and the npm registry in use.',
  ],
]

/** What a person can do about a failed `bun install`, by what it wrote. */
export function installAdvice(output: string): string {
  const advice = causes.find(([pattern]) => pattern.test(output))?.[1] ?? 'Its own words are above.'
  return `${advice} Then run the same command again.`
}
