import { expect, test } from 'bun:test'
import { parseRegistrations } from './registrations.ts'

const file = (imports: string, body: string) =>
  `package components\n\nimport (\n${imports}\n)\n\nfunc init() {\n${body}\n}\n`
const state = '\tstateLoader "github.com/dapr/dapr/pkg/components/state"'

test('every alias of a component is a type', () => {
  const source = file(
    state,
    '\tstateLoader.DefaultRegistry.RegisterComponent(sqlite.New, "sqlite", "SQLite3")',
  )
  expect(parseRegistrations(source)).toEqual([
    { type: 'state.sqlite', versions: [] },
    { type: 'state.sqlite3', versions: [] },
  ])
})

test('only the call’s own arguments are names, not text inside a constructor', () => {
  const source = file(
    '\tmw "github.com/dapr/dapr/pkg/components/middleware/http"',
    '\tmw.DefaultRegistry.RegisterComponent(func(log logger.Logger) mw.FactoryMethod {\n' +
      '\t\t// it isn\'t "a name")\n\t\treturn build("inside", []string{"deep"})\n\t}, "bearer")',
  )
  expect(parseRegistrations(source)).toEqual([{ type: 'middleware.http.bearer', versions: [] }])
})

test('versions of a type are read, those of the next type are not', () => {
  const source = file(
    state,
    '\tstateLoader.DefaultRegistry.RegisterComponentWithVersions("postgres", components.Versioning{\n' +
      '\t\tPreferred: components.VersionConstructor{\n\t\t\tVersion: "v2", Constructor: two,\n\t\t},\n' +
      '\t\tOthers: []components.VersionConstructor{{Version: "v1", Constructor: one}},\n\t\tDefault: "v1",\n\t})\n' +
      '\tstateLoader.DefaultRegistry.RegisterComponentWithVersions("yugabyte", components.Versioning{\n' +
      '\t\tPreferred: components.VersionConstructor{Version: "v2", Constructor: two},\n\t\tDefault: "v2",\n\t})',
  )
  expect(parseRegistrations(source)).toEqual([
    { type: 'state.postgres', versions: ['v2', 'v1'] },
    { type: 'state.yugabyte', versions: ['v2'] },
  ])
})

test('an import without an alias goes by the last part of its path', () => {
  const source = file(
    '\t"github.com/dapr/dapr/pkg/components/conversation"',
    '\tconversation.DefaultRegistry.RegisterComponent(echo.New, "echo")',
  )
  expect(parseRegistrations(source)).toEqual([{ type: 'conversation.echo', versions: [] }])
})
