import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml'

/** Where a component asks for a secret. */
export interface SecretReference {
  secret: string
  /** Name of the component. */
  component: string
  file: string
  line: number
}

/**
 * Every `secretKeyRef` of the components in a folder. YAML that is broken is for `bun run check:components` to tell.
 * @param folder relative to the root, as the files are that come back
 * https://docs.dapr.io/operations/components/component-secrets/
 */
export function secretReferences(root: string, folder: string): SecretReference[] {
  const files = readdirSync(join(root, folder)).filter(name => /\.ya?ml$/.test(name))
  return files
    .sort()
    .flatMap(name => referencesIn(readFileSync(join(root, folder, name), 'utf8'), `${folder}/${name}`))
}

function referencesIn(text: string, file: string): SecretReference[] {
  const lines = new LineCounter()
  return parseAllDocuments(text, { lineCounter: lines }).flatMap(document => {
    if (document.errors.length > 0 || !isMap(document.contents) || document.get('kind') !== 'Component')
      return []
    const items = document.getIn(['spec', 'metadata'])
    return (isSeq(items) ? items.items : []).flatMap(item => {
      const name = isMap(item) ? item.getIn(['secretKeyRef', 'name'], true) : undefined
      if (!isScalar(name)) return []
      return {
        secret: String(name.value),
        component: String(document.getIn(['metadata', 'name'])),
        file,
        line: lines.linePos(name.range?.[0] ?? 0).line,
      }
    })
  })
}
