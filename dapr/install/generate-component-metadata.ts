// Run after raising the pinned Dapr: `bun dapr/install/generate-component-metadata.ts`. Needs Go.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Glob } from 'bun'
import { parseDocument } from 'yaml'
import { runtimeSource } from './build.ts'
import type { ComponentMetadata, Setting } from './component-metadata.ts'
import { type GoSettings, readGoSettings } from './go-settings.ts'
import { knownTypes } from './known-types.ts'
import { findGo } from './toolchain.ts'
import { PINNED } from './versions.ts'

const output = join(import.meta.dir, 'component-metadata.json')
const modulePath = 'github.com/dapr/components-contrib'

/** What is read of a metadata.yaml. https://github.com/dapr/components-contrib/blob/v1.18.3/component-metadata-schema.json */
interface MetadataFile {
  type: string
  name: string
  version: string
  capabilities?: string[]
  metadata?: MetadataField[]
  authenticationProfiles?: { title: string; metadata?: MetadataField[] }[]
  builtinAuthenticationProfiles?: { name: string; metadata?: MetadataField[] }[]
}

interface MetadataField {
  name: string
  required?: boolean
  sensitive?: boolean
  type?: string
  default?: unknown
  allowedValues?: unknown[]
  binding?: { input?: boolean; output?: boolean }
}

/** The text of component-metadata.json as the pinned module says it: one line for each component. */
export async function renderComponentMetadata(work: string): Promise<string> {
  const go = await findGo(process.env, work, undefined)
  if ('reasons' in go) throw new Error(go.reasons.join('\n'))
  const source = await runtimeSource({ go: go.path, env: process.env, work, signal: undefined }, modulePath)
  const azure = await azureSettings(source)
  const files = (await Array.fromAsync(new Glob('**/metadata.{yaml,yml}').scan({ cwd: source }))).sort()
  const components = await Promise.all(files.map(file => readComponent(source, file, azure)))
  const lines = components.map(component => `    ${JSON.stringify(component)}`)
  const version = basename(source).split('@v')[1]
  return `{\n  "dapr": "${PINNED.dapr}",\n  "contrib": "${version}",\n  "components": [\n${lines.join(',\n')}\n  ]\n}\n`
}

async function readComponent(source: string, path: string, azure: string[][]): Promise<ComponentMetadata> {
  // two of them have a tab that YAML forbids, and are as readable as the others
  const file: MetadataFile = parseDocument(await Bun.file(join(source, path)).text()).toJS()
  const go = withAzure(await readGoSettings(source, dirname(path), file.type), file, azure)
  const builtin = file.builtinAuthenticationProfiles ?? []
  const profiles = [
    ...(file.authenticationProfiles ?? []).map(({ title, metadata = [] }) => ({ title, metadata })),
    ...builtin.map(({ name, metadata = [] }) => ({ title: name, metadata })),
  ].map(({ title, metadata }) => ({ title, settings: metadata.map(field => toSetting(field, go)) }))
  const settings = (file.metadata ?? []).map(field => toSetting(field, go))
  const described = new Set(
    [...settings, ...profiles.flatMap(profile => profile.settings)].map(({ name }) => name.toLowerCase()),
  )
  // what built-in profiles stand for is written nowhere but in the code
  const undescribed = [...go.settings.keys()].filter(name => !described.has(name.toLowerCase()))
  return {
    type: typeOf(file),
    version: file.version,
    settings,
    ...(profiles.length > 0 && { profiles }),
    undescribed: [...new Set(undescribed)].sort(),
    features: [...new Set([...(file.type === 'state' ? go.features : (file.capabilities ?? []))])].sort(),
  }
}

/** The name that daprd registers it under, which is not always the one of the file. */
function typeOf({ type, name }: MetadataFile): string {
  const types = knownTypes()
  const names = [name, `dapr.${name}`, `http.${name}`, name.replace('secretsmanager', 'secretmanager')]
  const candidates = names.map(each => `${type}.${each}`.toLowerCase())
  return candidates.find(candidate => types.has(candidate)) ?? `${type}.${name}`.toLowerCase()
}

function toSetting(field: MetadataField, { settings }: GoSettings): Setting {
  const code = settings.get(field.name)
  const type = code?.type ?? field.type
  return {
    name: field.name,
    ...(code && code.aliases.length > 0 && { aliases: code.aliases }),
    // a default makes up for it, though some files have both
    ...(field.required && field.default === undefined && { required: true }),
    ...(type && type !== 'string' && { type: type as NonNullable<Setting['type']> }),
    ...(field.allowedValues && { allowed: field.allowedValues.map(String) }),
    ...(field.sensitive && { sensitive: true }),
    ...(field.binding && { direction: field.binding.output ? ('output' as const) : ('input' as const) }),
  }
}

/** Groups of names that stand for one setting of Azure's: of an identity, and of what its storage components use. */
async function azureSettings(source: string): Promise<string[][]> {
  const text = await Bun.file(join(source, 'common/authentication/azure/metadata-properties.go')).text()
  return [...text.matchAll(/^\s*"\w+":\s*\{(.*)\},$/gm)].map(([, names = '']) =>
    [...names.matchAll(/"(\w+)"/g)].map(match => match[1] ?? ''),
  )
}

/** What the code says of the settings, and of those of Azure's that the component shares with others. */
function withAzure({ settings, ...rest }: GoSettings, file: MetadataFile, groups: string[][]): GoSettings {
  const all = new Map(settings)
  const described = file.name.startsWith('azure.')
  const identity = file.builtinAuthenticationProfiles?.some(({ name }) => name === 'azuread')
  for (const group of groups) {
    if (!described && !(identity && group.some(name => name.startsWith('azure')))) continue
    for (const name of group) {
      const known = all.get(name) ?? { aliases: [], type: undefined }
      all.set(name, { ...known, aliases: group.filter(other => other !== name) })
    }
  }
  return { ...rest, settings: all }
}

if (import.meta.main) {
  const work = await mkdtemp(join(tmpdir(), 'component-metadata-'))
  try {
    await Bun.write(output, await renderComponentMetadata(work))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
