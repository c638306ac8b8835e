import { expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { baseConfig, readConfig } from './config.ts'

const needed = { APP_ID: 'orders', APP_PORT: '8003' }

test('numbers are converted, defaults filled in, other variables left out', () => {
  expect(readConfig(baseConfig, { ...needed, HOME: '/root' })).toEqual({
    APP_ID: 'orders',
    APP_PORT: 8003,
    APP_HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
  })
})

test('an empty variable counts as missing', () => {
  expect(readConfig(baseConfig, { ...needed, APP_HOST: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toMatchObject({
    APP_HOST: '127.0.0.1',
  })
})

test('a service adds variables of its own', () => {
  const schema = Type.Composite([baseConfig, Type.Object({ WORKERS: Type.Integer(), DRY: Type.Boolean() })])
  expect(readConfig(schema, { ...needed, WORKERS: '4', DRY: 'true' })).toMatchObject({
    WORKERS: 4,
    DRY: true,
  })
})

test('every problem is named at once, with no value in it', () => {
  const env = { APP_PORT: 'hunter2', LOG_LEVEL: 'loud', OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://hunter2' }
  const read = () => readConfig(baseConfig, env)
  expect(read).toThrow(/^wrong environment: /)
  for (const name of ['APP_ID', 'APP_PORT', 'LOG_LEVEL', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    expect(read).toThrow(new RegExp(`\\b${name}: `))
  }
  expect(read).not.toThrow(/hunter2/)
})

test.each(['0', '65536', '80.5', '80x', '1e9'])('%s is no port', port => {
  expect(() => readConfig(baseConfig, { ...needed, APP_PORT: port })).toThrow('APP_PORT')
})
