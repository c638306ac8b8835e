import { milliseconds } from '../values.ts'
import type { Hazard } from './hazard.ts'

const types = ['state.sqlite', 'state.sqlite3']

export const sqlite: readonly Hazard[] = [
  {
    types,
    setting: 'connectionString',
    loses: value => /^(file:)?:memory:|[?&]mode=memory\b/i.test(value ?? ''),
    why: 'is forgotten when its sidecar ends',
    fix: 'name a file, e.g. "file:.local/data/{appID}.state.db"',
    source: 'common/authentication/sqlite/metadata.go, IsInMemoryDB',
  },
  {
    types,
    setting: 'busyTimeout',
    // the default is 2 s
    loses: value => !(milliseconds(value ?? '2s') >= 10_000),
    why: 'fails writes with SQLITE_BUSY when several come at once',
    fix: 'write "busyTimeout" with "20s"',
    source: 'a run of 100 workflows at once: those failed with 2 s, the default, and passed with 20 s',
  },
]
