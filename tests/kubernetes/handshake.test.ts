import { afterEach, expect, test } from 'bun:test'
import { createServer, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { selfSigned } from '../conformance/certificate.ts'
import { presented, refusal } from './handshake.ts'

const own = selfSigned()
const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function portOf(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as { port: number }).port
}

/** Answers whoever it lets in. */
function tls(options: object = {}): Promise<number> {
  return portOf(
    createTlsServer({ ...own, ALPNProtocols: ['h2'], ...options }, socket => {
      socket.on('error', () => undefined)
      socket.write('settings')
    }),
  )
}

test('the name in a certificate, when its authority has signed it', async () => {
  const port = await tls()
  expect(await presented(port, own.cert)).toBe('IP Address:127.0.0.1')
  await expect(presented(port, selfSigned().cert)).rejects.toThrow()
})

test('a server that wants a certificate ends a connection without one', async () => {
  const wanting = { requestCert: true, rejectUnauthorized: true, ca: own.cert }
  expect(await refusal(await tls(wanting), { isTls: true })).toMatchObject({ isRefused: true })
  expect(await refusal(await tls(), { isTls: true })).toMatchObject({ isRefused: false })
})

test('a server that wants TLS ends a connection without it', async () => {
  expect(await refusal(await tls(), { isTls: false })).toMatchObject({ isRefused: true })
  const plain = await portOf(createServer(socket => void socket.write('settings')))
  expect(await refusal(plain, { isTls: false })).toMatchObject({ isRefused: false })
})
