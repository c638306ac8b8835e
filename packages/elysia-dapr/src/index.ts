export { type Answer, type Call, type CallInput, type Client, client, isFailure } from './client/invoke.ts'
export { invoke } from './client/invoke-untyped.ts'
export { type PublishOptions, publish } from './client/publish.ts'
export { getSecret } from './client/secrets.ts'
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
  type Endpoint,
  type EndpointSchemas,
  endpoint,
  type Method,
  problem,
  type Topic,
  topic,
} from './contract.ts'
export {
  BindingError,
  BulkGetError,
  DaprError,
  type DaprErrorDetails,
  ETagMismatchError,
  InvokeError,
  LockLostError,
} from './errors.ts'
export { fromText } from './from-text.ts'
export { type DaprOptions, dapr } from './server/dapr.ts'
export { isJsonType, UnsupportedMediaTypeError } from './server/json-type.ts'
export { type Drop, drop, type Outcome, type Retry, retry } from './server/outcome.ts'
export { type RouteContext, route } from './server/route.ts'
export {
  type CloudEvent,
  type EventContext,
  type SubscribeOptions,
  type Subscription,
  subscribe,
} from './server/subscribe.ts'
