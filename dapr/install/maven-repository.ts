import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from './cache.ts'

const central = 'https://repo.maven.apache.org/maven2'

/**
 * Where artifacts of Maven Central are fetched from, without a slash at the end: SHOP_MAVEN_URL, or the mirror of it in
 * the person's `~/.m2/settings.xml` (the first one, as Maven has it), or Maven Central itself. A mirror that wants a
 * login is not for this: give SHOP_MAVEN_URL another one.
 * https://maven.apache.org/guides/mini/guide-mirror-settings.html
 */
export async function mavenRepository(env: Environment = process.env): Promise<string> {
  const url = env.SHOP_MAVEN_URL || (await mirrorOfCentral(env)) || central
  return url.replace(/\/+$/, '')
}

async function mirrorOfCentral(env: Environment): Promise<string | undefined> {
  const settings = Bun.file(join(env.HOME || homedir(), '.m2/settings.xml'))
  if (!(await settings.exists())) return undefined
  const mirrors: { of: string; url: string }[] = []
  const add = (name: 'of' | 'url') => ({
    text({ text }: { text: string }) {
      const last = mirrors.at(-1)
      if (last) last[name] += text
    },
  })
  new HTMLRewriter()
    .on('mirrors > mirror', { element: () => void mirrors.push({ of: '', url: '' }) })
    .on('mirrors > mirror > mirrorOf', add('of'))
    .on('mirrors > mirror > url', add('url'))
    .transform(await settings.text())
  const url = mirrors.find(({ of }) => coversCentral(of))?.url.trim()
  return url?.replaceAll(/\$\{env\.(\w+)\}/g, (_, name) => env[name] ?? '')
}

/** `*`, `external:*`, `central`, or a list with one of them and without `!central`. */
function coversCentral(mirrorOf: string): boolean {
  const names = mirrorOf.split(',').map(name => name.trim())
  return !names.includes('!central') && ['*', 'external:*', 'central'].some(name => names.includes(name))
}
