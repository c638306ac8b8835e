import { join } from 'node:path'

export interface Java {
  path: string
  /** 17 of 17.0.15. */
  version: number
}

/** The Java of JAVA_HOME, or else of the PATH; undefined when there is none that runs. */
export async function findJava(
  env: Record<string, string | undefined> = process.env,
): Promise<Java | undefined> {
  const { JAVA_HOME, PATH = '' } = env
  const path = JAVA_HOME ? join(JAVA_HOME, 'bin/java') : Bun.which('java', { PATH })
  if (path === null) return undefined
  const version = await versionOf(path)
  return version === undefined ? undefined : { path, version }
}

/** macOS has a program of that name which only says that there is no Java. */
async function versionOf(path: string): Promise<number | undefined> {
  try {
    const child = Bun.spawn([path, '-version'], { stdio: ['ignore', 'ignore', 'pipe'] })
    const [text, code] = await Promise.all([new Response(child.stderr).text(), child.exited])
    // 1.8.0 was the last of another kind
    const [, major] = /version "(\d+)/.exec(text) ?? []
    return code === 0 && major !== undefined ? Number(major) : undefined
  } catch {
    return undefined
  }
}
