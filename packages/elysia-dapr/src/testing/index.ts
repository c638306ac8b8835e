export type { ListeningApp } from './app.ts'
export type { HealthCheck, Ports } from './command.ts'
export { type Daprd, type DaprdOptions, daprd } from './daprd.ts'
export type { DeliveredEvent } from './envelope.ts'
export {
  type ConfigurationItem,
  type DeliverOptions,
  type FakeDaprd,
  type FakeDaprdOptions,
  fakeDaprd,
} from './fake.ts'
export { type TemporaryFolder, temporaryFolder } from './folder.ts'
export { type ComponentOptions, component, type Resource } from './resources.ts'
export type { Verdict } from './verdict.ts'
