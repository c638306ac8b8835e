import Database from 'better-sqlite3'
import { SQL } from 'bun'
import { secretsOf } from './local-access.ts'
import type { Shop } from './shop.ts'

const inSqlite = {
  break: `create trigger broken before update on reservations when new.status = 'fulfilled'
    begin select raise(abort, 'the disk is broken'); end`,
  repair: 'drop trigger if exists broken',
}

export const inPostgres = {
  break: `create function broken() returns trigger language plpgsql as
      $$ begin raise exception 'the disk is broken'; end $$;
    create trigger broken before update on reservations for each row
      when (new.status = 'fulfilled') execute function broken()`,
  repair: 'drop function if exists broken cascade',
}

/** Makes inventory's handler of confirmed orders fail, as a disk that is full would, whatever database it has. */
export function fulfilment(shop: Shop) {
  const url = secretsOf(shop)['inventory-database'] ?? ''

  async function run(what: 'break' | 'repair'): Promise<void> {
    if (!url.startsWith('file:')) {
      await using sql = new SQL(url, { max: 1 })
      await sql.unsafe(inPostgres[what])
      return
    }
    const database = new Database(url.slice('file:'.length))
    try {
      database.exec(inSqlite[what])
    } finally {
      database.close()
    }
  }

  return { break: () => run('break'), repair: () => run('repair') }
}
