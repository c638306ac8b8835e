import { generateKeyPairSync, sign } from 'node:crypto'

/**
 * A certificate of one day that signs itself, with its key, both in PEM. Source: RFC 5280, section 4.1
 * @param host a name that it is for besides 127.0.0.1
 */
export function selfSigned(host?: string): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const now = Date.now()
  const validity = der(sequence, time(now - minute), time(now + day))
  const names = [
    der(ipAddress, Buffer.of(127, 0, 0, 1)),
    ...(host === undefined ? [] : [der(dnsName, Buffer.from(host))]),
  ]
  const extensions = [
    der(sequence, basicConstraints, der(octets, der(sequence, der(boolean, Buffer.of(0xff))))),
    der(sequence, subjectAltName, der(octets, der(sequence, ...names))),
  ]
  const content = der(
    sequence,
    der(context(0), der(integer, Buffer.of(2))),
    der(integer, Buffer.of(1)),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(context(3), der(sequence, ...extensions)),
  )
  const signature = der(bits, Buffer.of(0), sign('sha256', content, privateKey))
  return {
    cert: pem(der(sequence, content, algorithm, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const [boolean, integer, bits, octets, oid, utf8, utcTime] = [0x01, 0x02, 0x03, 0x04, 0x06, 0x0c, 0x17]
const [sequence, set, dnsName, ipAddress] = [0x30, 0x31, 0x82, 0x87]
const context = (number: number) => 0xa0 + number
const [minute, day] = [60_000, 24 * 60 * 60_000]

/** ecdsa-with-SHA256 */
const algorithm = der(sequence, der(oid, Buffer.from('2a8648ce3d040302', 'hex')))
const commonName = der(oid, Buffer.from('550403', 'hex'))
const basicConstraints = der(oid, Buffer.from('551d13', 'hex'))
const subjectAltName = der(oid, Buffer.from('551d11', 'hex'))
const name = der(sequence, der(set, der(sequence, commonName, der(utf8, Buffer.from('127.0.0.1')))))

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14)
  return der(utcTime, Buffer.from(`${digits}Z`))
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag, ...sizeOf(content.length)), content])
}

function sizeOf(length: number): number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
