import { join } from 'node:path'
import type { Finding } from './finding.ts'

const limit = 250

/** Sources that have grown past one concern. A hint, never a failure. */
export async function checkFileLength(root = process.cwd()): Promise<Finding[]> {
  const glob = new Bun.Glob('{packages,services,scripts,dapr,tests}/**/*.ts')
  const findings: Finding[] = []
  for await (const file of glob.scan({ cwd: root, followSymlinks: false })) {
    if (file.includes('node_modules/') || /(\.test|_pb)\.ts$/.test(file)) continue
    const lines = (await Bun.file(join(root, file)).text()).split('\n').length - 1
    if (lines > limit)
      findings.push({ file, message: `${lines} lines; more than ${limit} are usually two concerns` })
  }
  return findings.sort((a, b) => (a.file < b.file ? -1 : 1))
}
