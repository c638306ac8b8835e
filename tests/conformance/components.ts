/** The component types that the suite starts daprd with, beside those of the shop. */
export const componentTypes = [
  'bindings.cron',
  'bindings.http',
  'bindings.localstorage',
  'configuration.redis',
  'crypto.dapr.jwks',
  'crypto.dapr.localstorage',
  'lock.redis',
  'nameresolution.sqlite',
  'pubsub.in-memory',
  'pubsub.mqtt3',
  'pubsub.redis',
  'secretstores.local.env',
  'secretstores.local.file',
  'state.in-memory',
  'state.redis',
  'state.sqlite',
]
