import { newCardVaultKeys } from '../supervisor/infrastructure/card-vault-keys.ts'
import { randomSecret } from '../supervisor/infrastructure/random-secret.ts'

export interface SecretValues {
  /** By name, the values by key. */
  made: Record<string, Record<string, string>>
  /** Those that nobody can make up. */
  left: string[]
}

/**
 * Values for the secrets of an overlay that has its servers in the namespace, under the hosts and users that the
 * manifests in k8s/components/servers have.
 *
 * @param names of the secrets, as the overlay lists them
 * @param inFiles services that keep their database in a file
 */
export function randomSecrets(names: readonly string[], inFiles: readonly string[]): SecretValues {
  const broker = randomSecret()
  const own: Record<string, Record<string, string>> = {
    'dapr-api-token': { token: randomSecret() },
    'app-api-token': { token: randomSecret() },
    'card-vault-keys': { 'card-vault-keys': newCardVaultKeys() },
    'payment-provider-url': { 'payment-provider-url': 'http://payment-provider:8513' },
    'payment-provider-key': { 'payment-provider-key': `Bearer ${randomSecret()}` },
    'postgres-server': { password: randomSecret() },
    'rabbitmq-server': { password: broker },
    'rabbitmq-url': { 'rabbitmq-url': `amqp://shop:${broker}@rabbitmq:5672` },
    'redis-host': { 'redis-host': 'redis:6379' },
    'redis-password': { 'redis-password': randomSecret() },
  }
  const made: SecretValues['made'] = {}
  const left: string[] = []
  for (const name of names) {
    const service = /^(.+)-database$/.exec(name)?.[1]
    const store = /^postgres-(.+)$/.exec(name)?.[1]
    const known = own[name]
    if (known) made[name] = known
    else if (service && inFiles.includes(service)) made[name] = { [name]: `file:/data/${service}.db` }
    else if (service ?? store) made[name] = { [name]: databaseUrl(service ?? store ?? '') }
    else left.push(name)
  }
  return { made, left }
}

function databaseUrl(name: string): string {
  return `postgres://${name}:${randomSecret()}@postgres:5432/${name}`
}
