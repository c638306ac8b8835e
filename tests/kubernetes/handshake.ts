import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** Longest time for one, in milliseconds. */
const patience = 10_000

/** The name in the certificate that a server shows. @throws Error unless `ca` has signed it */
export async function presented(port: number, ca: string): Promise<string> {
  const done = Promise.withResolvers<string>()
  const socket = connectTls({
    ...{ host: '127.0.0.1', port, ca, ALPNProtocols: ['h2'] },
    // no host is in it, an identity is
    checkServerIdentity: () => undefined,
  })
  socket.setTimeout(patience, () => done.reject(new Error('no handshake')))
  socket.on('error', done.reject)
  socket.on('secureConnect', () => {
    const { subjectaltname = '' } = socket.getPeerCertificate()
    if (socket.authorized) done.resolve(subjectaltname.replace(/^URI:/, ''))
    else done.reject(socket.authorizationError)
  })
  return await done.promise.finally(() => socket.destroy())
}

/** What a client of HTTP/2 says first: the preface and empty settings. https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
const hello = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
])

/** First byte of an alert of TLS. https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
const alert = 0x15

/** Whether a server ends the connection of a client that has no certificate, or no TLS, before it has said anything. */
export async function refusal(
  port: number,
  { isTls }: { isTls: boolean },
): Promise<{ isRefused: boolean; seen: string }> {
  const done = Promise.withResolvers<{ isRefused: boolean; seen: string }>()
  const address = { host: '127.0.0.1', port }
  const socket = isTls
    ? connectTls({ ...address, rejectUnauthorized: false, ALPNProtocols: ['h2'] })
    : connect(address)
  const isOver = (seen: string) => () => done.resolve({ isRefused: true, seen })
  socket.setTimeout(patience, () => done.resolve({ isRefused: false, seen: 'it waits for more' }))
  socket.on('error', isOver('an error'))
  socket.on('close', isOver('the end'))
  socket.on('data', (data: Buffer) => {
    if (data[0] !== alert || isTls)
      done.resolve({ isRefused: false, seen: data.toString('hex').slice(0, 40) })
  })
  socket.on(isTls ? 'secureConnect' : 'connect', () => socket.write(hello))
  return await done.promise.finally(() => socket.destroy())
}
