import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseDocument, type YAMLSeq } from 'yaml'
import { defaultSet, type Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'
import { runFilePath, withSet } from '../shop/runfile.ts'

/**
 * The run file for `dapr run -f` with the set of this instance. dapr/dapr.yaml names the embedded components; for
 * another set its copy with that one is written beside the other files of the run.
 */
export function runFileOfSet(instance: Instance): string {
  const source = runFilePath(instance.root)
  if (instance.set === defaultSet) return source
  const document = parseDocument(readFileSync(source, 'utf8'))
  const folders = document.getIn(['common', 'resourcesPaths']) as YAMLSeq
  const paths = folders.toJSON() as string[]
  document.setIn(
    ['common', 'resourcesPaths'],
    paths.map(path => withSet(resolve(dirname(source), path), instance)),
  )
  const apps = document.get('apps') as YAMLSeq
  apps.items.forEach((_, index) => {
    document.setIn(['apps', index, 'appDirPath'], instance.root)
  })
  const file = join(instance.runDir, 'dapr.yaml')
  writePrivate(file, document.toString())
  return file
}
