import { messageOf } from '../../../dapr/install/errors.ts'
import type { Component } from '../../check/components/read-set.ts'
import type { BackingService } from './backing-service.ts'
import { loginOf } from './given-logins.ts'
import { variableOf } from './given-secret.ts'
import { unusable } from './unusable.ts'

/**
 * The server of a component whose secrets the person gives one by one, to be asked before the sidecars ask it. Undefined
 * without such a secret, and where this run does not know all that the component says or how to log in.
 */
export function givenServer(
  { type, metadata, file }: Component,
  given: Record<string, string>,
): BackingService | undefined {
  const secrets = [...metadata.values()].flatMap(({ secret }) =>
    secret && given[secret.value] !== undefined ? [secret] : [],
  )
  const settings = new Map(
    [...metadata].map(([name, { value, secret }]) => [name, secret ? given[secret.value] : value?.value]),
  )
  const [first] = secrets
  if (!first || [...settings.values()].includes(undefined)) return undefined
  const login = loginOf(type.value, name => settings.get(name))
  if (!login) return undefined
  const { server, logIn } = login
  return {
    name: server,
    secrets: {},
    servers: [],
    async prepare(signal) {
      try {
        await logIn(signal)
      } catch (error) {
        signal.throwIfAborted()
        throw unusable({
          place: `${file}:${first.line}`,
          server,
          reason: messageOf(error),
          fix: `Start it, or correct ${secrets.map(({ value }) => variableOf(value)).join(' and ')}.`,
        })
      }
    },
  }
}
