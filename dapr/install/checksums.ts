/**
 * SHA-256 of release archives by `<version>/<archive>`, e.g. `1.18.2/daprd_linux_amd64.tar.gz`. An entry wins over the
 * checksum file beside the archive, which whoever can replace the one can replace too.
 *
 * None is pinned yet. Take sums from a machine and a network that you trust, for every platform of your team, and
 * renew them with the versions in versions.ts.
 */
export const checksums: Readonly<Record<string, string>> = {}
