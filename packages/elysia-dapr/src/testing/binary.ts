import { access, constants } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/**
 * The daprd to run: `DAPRD_PATH`, where `dapr init` puts it, or the first on the PATH.
 * @throws Error that says where it was looked for and how to get one
 */
export async function findDaprd(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const name = process.platform === 'win32' ? 'daprd.exe' : 'daprd'
  const folders = [join(env.DAPR_RUNTIME_PATH ?? env.HOME ?? homedir(), '.dapr', 'bin')]
  folders.push(...(env.PATH ?? '').split(delimiter).filter(folder => folder !== ''))
  const candidates = env.DAPRD_PATH ? [env.DAPRD_PATH] : folders.map(folder => join(folder, name))
  for (const path of candidates) {
    if (await isExecutable(path)) return path
  }
  const where = env.DAPRD_PATH
    ? `DAPRD_PATH is ${env.DAPRD_PATH}`
    : `neither in ${folders[0]} nor on the PATH`
  throw new Error(
    `There is no daprd: ${where}. Install it with \`dapr init --slim\` (https://docs.dapr.io/getting-started/), or ` +
      'say where it is, by the option `binary` or the environment variable DAPRD_PATH.',
  )
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
