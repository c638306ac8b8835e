import { join } from 'node:path'
import { hasApt, hasDebianPackages, obtainDebianPackages } from '../../../../dapr/install/debian-packages.ts'
import { messageOf } from '../../../../dapr/install/errors.ts'
import type { Program, ProgramSource } from '../../infrastructure/server.ts'
import { ShopError } from '../../shop-error.ts'

export interface InstalledOrDebianOptions {
  /** As in a sentence. */
  name: string
  /** As its own documents call it, with how to install it where that is not plain. */
  program: string
  /** @default looks for `program` on the PATH */
  find?: () => string | undefined
  /** Of Debian. */
  packages: string[]
  /** Where these have it. @default usr/bin/`program` */
  path?: string
  /** What it needs beside its libraries when it runs from below another root than `/`. */
  envIn?: (root: string) => Program['env']
  takes: string
  /** The variable that gives a running one, with an example. */
  given: string
  /** Starts one in a container. */
  image: string
}

/** A program of the PATH; where it has none, Debian's, unpacked into the user's cache without changing the system. */
export function installedOrDebian(options: InstalledOrDebianOptions): ProgramSource {
  const { name, program, packages, takes, path = `usr/bin/${program}`, envIn } = options
  const find = options.find ?? (() => Bun.which(program) ?? undefined)
  return {
    name,
    async look() {
      const installed = find()
      if (installed) return { is: 'here', what: installed }
      const what = `Debian's ${packages.join(', ')}, in the cache`
      if (await hasDebianPackages(packages)) return { is: 'here', what }
      if (hasApt()) return { is: 'obtainable', what: `packages of Debian: ${packages.join(', ')}`, takes }
      return { is: 'missing', what: `no ${name} on the PATH`, fix: waysToGet(options) }
    },
    async obtain({ report, signal }) {
      const installed = find()
      if (installed) return { path: installed, env: {} }
      if (!hasApt()) throw new ShopError(`${name} is not installed. ${waysToGet(options)}`)
      try {
        const { root, env } = await obtainDebianPackages(packages, { report, signal })
        return { path: join(root, path), env: { ...env, ...envIn?.(root) } }
      } catch (error) {
        signal.throwIfAborted()
        throw new ShopError(`${messageOf(error)}\n${waysToGet(options)}`, { cause: error })
      }
    },
  }
}

export function waysToGet({
  program,
  given,
  image,
}: Pick<InstalledOrDebianOptions, 'program' | 'given' | 'image'>): string {
  return `Install ${program}, or start one and give it:
  ${image}
  export ${given}`
}
