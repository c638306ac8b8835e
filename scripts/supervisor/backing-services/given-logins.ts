import { once } from 'node:events'
import { connect } from 'node:net'
import { addAbortSignal } from 'node:stream'
import { isTrue } from '../../check/components/values.ts'
import { logInToOne } from './kafka-login.ts'
import { connectionTo } from './postgres-connection.ts'
import { logIn as logInToRabbitmq } from './rabbitmq-login.ts'
import { logIn as logInToRedis } from './redis-login.ts'

/** What a component says for a name in lower case. */
export type Setting = (name: string) => string | undefined

export interface Login {
  /** Which server, with its address and without its password. */
  server: string
  /** Fails when the sidecar would, with the reason in words. */
  logIn: (signal: AbortSignal) => Promise<void>
}

/**
 * The login of a component, from what it says. Where it logs in by TLS or in another way of its own, this sees only
 * whether the server is there; undefined where not even its address is known.
 */
export function loginOf(type: string, setting: Setting): Login | undefined {
  return logins[type.slice(type.indexOf('.') + 1)]?.(setting)
}

const logins: Record<string, (setting: Setting) => Login | undefined> = { redis, rabbitmq, kafka, postgresql }

const limitMs = 5000

function redis(setting: Setting): Login | undefined {
  const host = setting('redishost') ?? ''
  const hasOtherAddress = setting('redisport') !== undefined || isTrue(setting('failover'))
  if (hasOtherAddress || !/:\d+$/.test(host) || !URL.canParse(`redis://${host}`)) return undefined
  const isPlain = !['enabletls', 'useentraid', 'useazuread'].some(name => isTrue(setting(name)))
  const login = { user: setting('redisusername'), password: setting('redispassword') ?? '' }
  return {
    server: `Redis at ${host}`,
    logIn: signal => (isPlain ? logInToRedis(host, login) : reach([host], signal)),
  }
}

function rabbitmq(setting: Setting): Login | undefined {
  const text = setting('connectionstring') ?? ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url?.hostname) return undefined
  const isSecure = url.protocol === 'amqps:'
  url.port ||= isSecure ? '5671' : '5672'
  const isPlain = !isSecure && !isTrue(setting('saslexternal'))
  return {
    server: `RabbitMQ at ${url.host}`,
    logIn: signal => (isPlain ? logInToRabbitmq(text) : reach([url.host], signal)),
  }
}

function kafka(setting: Setting): Login | undefined {
  const brokers = (setting('brokers') ?? '').split(',').map(broker => broker.trim())
  if (!brokers.every(broker => /:\d+$/.test(broker) && URL.canParse(`kafka://${broker}`))) return undefined
  const isPlain =
    isTrue(setting('disabletls')) &&
    setting('authtype')?.toLowerCase() === 'password' &&
    !/^sha-/i.test(setting('saslmechanism') ?? '')
  const login = { user: setting('saslusername') ?? '', password: setting('saslpassword') ?? '' }
  return {
    server: `Kafka at ${brokers.join(',')}`,
    logIn: signal => (isPlain ? logInToOne(brokers, { ...login, limitMs }, signal) : reach(brokers, signal)),
  }
}

// 28P01: wrong user or password. 3D000: no such database. Whatever else node-postgres meets may be its own way with TLS.
const meetsAnyone = /^(28P01|3D000|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/

function postgresql(setting: Setting): Login | undefined {
  const text = setting('connectionstring') ?? setting('url') ?? ''
  const isOverridden = ['host', 'hostaddr', 'port', 'database', 'user', 'password'].some(setting)
  if (isOverridden || !/^postgres(ql)?:/.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.hostname === '') return undefined
  url.port ||= '5432'
  // sslmode=require asks for TLS alone, as of the sidecar
  url.searchParams.set('uselibpqcompat', 'true')
  return {
    server: `PostgreSQL at ${url.host}`,
    async logIn() {
      try {
        const client = connectionTo(url.href)
        await client.connect().finally(() => client.end().catch(() => {}))
      } catch (error) {
        const { code = '', message } = error as Error & { code?: string }
        if (meetsAnyone.test(code)) throw new Error(message || code)
      }
    },
  }
}

/** One of them is enough. */
async function reach(addresses: string[], signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(limitMs)
  const inTime = AbortSignal.any([signal, limit])
  const open = async (address: string) => {
    const { hostname, port } = new URL(`tcp://${address}`)
    const socket = addAbortSignal(
      inTime,
      connect({ host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port) }),
    )
    await once(socket, 'connect').finally(() => socket.destroy())
  }
  try {
    await Promise.any(addresses.map(open))
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) throw new Error(`no answer within ${limitMs / 1000} s`)
    throw error instanceof AggregateError ? error.errors[0] : error
  }
}
