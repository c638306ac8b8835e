import { expect, test } from 'bun:test'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import committed from './component-metadata.json' with { type: 'json' }
import { componentMetadata } from './component-metadata.ts'
import { renderComponentMetadata } from './generate-component-metadata.ts'
import { settingsIn } from './go-settings.ts'
import { knownTypes } from './known-types.ts'
import { corrections } from './metadata-corrections.ts'
import { emptyPlace } from './testing.ts'
import { findGo } from './toolchain.ts'
import { PINNED } from './versions.ts'

const go = await findGo(process.env, '/nowhere', undefined)
const why = 'reasons' in go ? `: ${go.reasons.join('; ')}` : ''

test.skipIf('reasons' in go)(
  `the committed file is what the pinned module says${why}`,
  async () => {
    await using place = await emptyPlace()
    const work = join(place.path, 'work')
    await mkdir(work)
    expect(await renderComponentMetadata(work)).toBe(
      await Bun.file(join(import.meta.dir, 'component-metadata.json')).text(),
    )
  },
  300_000,
)

test('it is of the versions that the runtime is built from', async () => {
  const mod = await Bun.file(join(import.meta.dir, 'runtime/go.mod')).text()
  expect(mod).toContain(`github.com/dapr/components-contrib v${committed.contrib}\n`)
  expect(committed.dapr).toBe(PINNED.dapr)
})

test('almost every type that the runtime registers is described, under the name that it has there', () => {
  const types = knownTypes()
  // bindings.kitex is in components-contrib, and not in the runtime
  const strangers = committed.components.filter(({ type }) => !types.has(type)).map(({ type }) => type)
  expect(strangers).toEqual(['bindings.kitex'])
  const undescribed = [...types.keys()].filter(type => componentMetadata(type, 'v1') === undefined)
  expect(undescribed).toEqual(['middleware.http.uppercase', 'state.spiffeprobe'])
})

test('aliases of a type, and each of its versions', () => {
  expect(componentMetadata('state.consul', 'v1')?.type).toBe('state.hashicorp.consul')
  expect(componentMetadata('state.sqlite3', 'v1')?.type).toBe('state.sqlite')
  const tables = (version: string) =>
    componentMetadata('state.postgresql', version)?.settings.map(({ name }) => name)
  expect(tables('v1')).toContain('tableName')
  expect(tables('v2')).toContain('tablePrefix')
})

test('what the code offers, whatever metadata.yaml says', () => {
  expect(componentMetadata('state.redis', 'v1')?.features).toEqual(['etag', 'transactional', 'ttl'])
  expect(componentMetadata('state.memcached', 'v1')?.features).toEqual(['ttl'])
})

test('no correction is of a type that there is not, and each one changes something', () => {
  for (const correction of corrections) {
    for (const type of correction.types) {
      expect([...knownTypes().keys()]).toContain(type)
      if (!('setting' in correction)) continue
      const described = committed.components
        .filter(each => each.type === type)
        .flatMap(each => [...each.settings, ...(each.profiles ?? []).flatMap(({ settings }) => settings)])
        .filter(({ name }) => name === correction.setting)
      for (const setting of described) expect({ ...setting, ...correction.as }).not.toEqual(setting)
    }
  }
})

test('settings in Go: names, aliases and types, of the building block alone', () => {
  const source = `type settings struct {
	Timeout *time.Duration \`json:"t" mapstructure:"timeout" mapstructurealiases:"timeoutInSeconds,patience"\`
	Count uint16 \`mapstructure:"count"\`
	TTL int \`mapstructure:"ttl" mdonly:"state"\`
	Mode ConcurrencyMode \`mapstructure:"mode"\`
	inner string \`mapstructure:"-"\`
	Embedded \`mapstructure:",squash"\`
}`
  expect(settingsIn(source, 'pubsub')).toEqual([
    ['timeout', { aliases: ['timeoutInSeconds', 'patience'], type: 'duration' }],
    ['count', { aliases: [], type: 'number' }],
    ['mode', { aliases: [], type: undefined }],
  ])
})
