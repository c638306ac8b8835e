import { resolve } from 'node:path'
import { type Journal, openJournal } from '@shop/journal/journal'
import { type PaymentsTables, tables } from '../src/schema.ts'

const migrations = resolve(import.meta.dir, '../migrations')

export function openPayments(url: string): Promise<Journal<PaymentsTables>> {
  return openJournal({ url, tables, migrations })
}
