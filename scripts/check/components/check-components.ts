import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { componentSets, setFolder } from '../../component-sets.ts'
import { ShopError } from '../../supervisor/shop-error.ts'
import { servicesOrNone } from '../../topology/services-or-none.ts'
import { type Finding, formatFinding } from '../finding.ts'
import { checkFeatures } from './features.ts'
import { hazards } from './hazards/all.ts'
import { checkHazards } from './hazards/hazard.ts'
import { checkRetries } from './hazards/retries.ts'
import { checkNames } from './names.ts'
import { checkNamespaces } from './namespaces.ts'
import { neededBy } from './needed.ts'
import { readSet } from './read-set.ts'
import type { Resiliency } from './resiliency.ts'
import { checkScopes } from './scopes.ts'
import { checkSecrets } from './secrets.ts'
import { type SetFinding, toFinding } from './set-finding.ts'
import { checkSettings } from './settings.ts'
import { checkTypes } from './types.ts'

/**
 * What is wrong with a component set, without starting anything.
 *
 * @param root the repository root
 * @param set the name of a folder below components/, or a path (with a slash) to a folder elsewhere
 * @throws ShopError when there is no such folder, naming those that there are
 */
export async function checkComponents(root: string, set: string): Promise<SetFinding[]> {
  const folder = setFolder(root, set)
  const { components, resiliencies, findings } = readSet(root, folder)
  const services = await servicesOrNone(root)
  const needed = neededBy(services, components)
  const found = [
    ...findings,
    ...checkNamespaces(components),
    ...checkTypes(components),
    ...checkSettings(components),
    ...checkSecrets(components),
    ...checkHazards(components, services, hazards),
    ...checkRetries(needed, [...resiliencies, ...resiliencyOf(root)]),
    ...(services.length > 0
      ? [
          ...checkNames(folder, components, needed),
          ...checkScopes(components, needed, services),
          ...checkFeatures(components, needed),
        ]
      : []),
  ]
  return found.sort((a, b) => a.file.localeCompare(b.file) || (a.line ?? 0) - (b.line ?? 0))
}

/** Of every set: each sidecar reads it after the folder of the set. */
function resiliencyOf(root: string): Resiliency[] {
  const folder = 'dapr/resiliency'
  return existsSync(join(root, folder)) ? readSet(root, folder).resiliencies : []
}

/** For `bun run check`: the findings of all sets below components/. */
export async function checkAllComponents(root = process.cwd()): Promise<Finding[]> {
  return (await Promise.all(componentSets(root).map(set => checkComponents(root, set)))).flat().map(toFinding)
}

/** Before a start. @throws ShopError with everything that is wrong with the set */
export async function assertComponents(root: string, set: string): Promise<void> {
  const findings = await checkComponents(root, set)
  if (findings.length === 0) return
  const lines = findings.map(each => formatFinding(toFinding(each)))
  throw new ShopError(`Nothing was started: the component set ${set} is not right.\n${lines.join('\n')}`)
}
