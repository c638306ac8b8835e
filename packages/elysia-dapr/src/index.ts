export { type BindingAnswer, type BindingOptions, invokeBinding } from './client/binding.ts'
export {
  type ConfigurationItem,
  type ConfigurationItems,
  type ConfigurationOptions,
  type ConfigurationSubscription,
  getConfiguration,
  subscribeConfiguration,
} from './client/configuration.ts'
export { type DecryptOptions, decrypt, type EncryptOptions, encrypt } from './client/crypto.ts'
export { type Answer, type Call, type CallInput, type Client, client, isFailure } from './client/invoke.ts'
export { invoke } from './client/invoke-untyped.ts'
export {
  deleteJob,
  type FailurePolicy,
  getJob,
  type JobOptions,
  type JobTime,
  type ScheduledJob,
  type ScheduleOptions,
  scheduleJob,
  type When,
} from './client/jobs.ts'
export { type Lock, type LockOptions, tryLock } from './client/lock.ts'
export { getMetadata, type SidecarMetadata, setMetadata, shutdown } from './client/metadata.ts'
export type { Metadata } from './client/metadata-query.ts'
export { type PublishOptions, publish } from './client/publish.ts'
export { type OutgoingEntry, type PublishBulkOptions, publishBulk } from './client/publish-bulk.ts'
export type { EventOptions } from './client/publish-event.ts'
export { getSecret, getSecrets, type Secret, type SecretOptions } from './client/secrets.ts'
export {
  type CallOptions,
  type Sidecar,
  type SidecarOptions,
  sidecar,
  waitForSidecar,
} from './client/sidecar.ts'
export {
  type Change,
  type DeleteOptions,
  type Entry,
  type StateOptions,
  type StateStore,
  stateStore,
  type WriteOptions,
} from './client/state.ts'
export {
  type Binding,
  binding,
  type Endpoint,
  type EndpointSchemas,
  endpoint,
  type Job,
  job,
  type Method,
  problem,
  type Topic,
  topic,
} from './contract.ts'
export {
  BindingError,
  BulkGetError,
  BulkPublishError,
  DaprError,
  type DaprErrorDetails,
  DecryptError,
  ETagMismatchError,
  InvokeError,
  LockLostError,
} from './errors.ts'
export { fromText } from './from-text.ts'
export { isJsonType, UnsupportedMediaTypeError } from './json-type.ts'
export type { BulkEntry } from './server/bulk-entries.ts'
export { CallbackError } from './server/callback.ts'
export type { CloudEvent } from './server/cloud-event.ts'
export { type DaprOptions, dapr } from './server/dapr.ts'
export type { SubscriptionOptions } from './server/declare.ts'
export {
  type BindingContext,
  type OnBindingOptions,
  onBinding,
} from './server/on-binding.ts'
export {
  type ConfigurationContext,
  type OnConfigurationOptions,
  onConfiguration,
} from './server/on-configuration.ts'
export { type DroppedJob, type JobContext, type OnJobOptions, onJob } from './server/on-job.ts'
export { type Drop, drop, type Handled, type Outcome, type Retry, retry } from './server/outcome.ts'
export { type RouteContext, type Routed, route } from './server/route.ts'
export { type EventContext, type SubscribeOptions, subscribe } from './server/subscribe.ts'
export { type BulkContext, type SubscribeBulkOptions, subscribeBulk } from './server/subscribe-bulk.ts'
export type { BulkSubscribe, Subscription } from './server/subscription.ts'
export { waitForSubscriptions } from './server/wait-for-subscriptions.ts'
