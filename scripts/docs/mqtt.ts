import type { Socket } from 'bun'

/** An event as the broker passed it on. */
export interface Message {
  topic: string
  payload: string
  /** Milliseconds since 1970 at which it arrived here. */
  at: number
}

/**
 * Listens to topics of an MQTT 3.1.1 broker with QoS 0, which is all that a recording needs: the package `mqtt` would
 * bring two dozen others for it. Returns once the broker has confirmed the subscription.
 * @param url `tcp://user:password@host:port`, as the component `pubsub` gets it
 * @throws Error when the broker refuses or closes the connection before
 * Source: https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html
 */
export async function listen(
  url: string,
  topics: string[],
  onMessage: (message: Message) => void,
): Promise<{ stop: () => void }> {
  const { hostname, port, username, password } = new URL(url)
  const ready = Promise.withResolvers<void>()
  let unread = new Uint8Array()

  function receive(socket: Socket, chunk: Uint8Array): void {
    const { packets, rest } = packetsIn(joined([unread, chunk]))
    unread = rest
    for (const { type, body } of packets) {
      if (type === packetType.connack && body[1] !== 0) ready.reject(new Error(`the broker says ${body[1]}`))
      else if (type === packetType.connack) socket.write(subscribePacket(topics))
      else if (type === packetType.suback) ready.resolve()
      else if (type === packetType.publish) onMessage({ ...messageOf(body), at: Date.now() })
    }
  }

  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      open: socket => void socket.write(connectPacket(username, decodeURIComponent(password))),
      data: receive,
      close: () => ready.reject(new Error('the broker has closed the connection')),
      error: (_, error) => ready.reject(error),
    },
  })
  await ready.promise
  return { stop: () => void socket.end() }
}

/** First half of the first byte of a packet: section 2.2.1. */
const packetType = { connect: 1, connack: 2, publish: 3, subscribe: 8, suback: 9 }

/** Section 3.1: a clean session without keep-alive. */
export function connectPacket(user: string, password: string): Uint8Array {
  const flags = 0b1100_0010
  const header = joined([text('MQTT'), Uint8Array.of(4, flags, 0, 0)])
  return packet(packetType.connect, 0, joined([header, text('recorder'), text(user), text(password)]))
}

/** Section 3.8. */
export function subscribePacket(topics: string[]): Uint8Array {
  const filters = topics.map(topic => joined([text(topic), Uint8Array.of(0)]))
  return packet(packetType.subscribe, 0b0010, joined([Uint8Array.of(0, 1), ...filters]))
}

export interface Packet {
  type: number
  body: Uint8Array
}

/** The whole packets that bytes begin with, and what is left of them. */
export function packetsIn(bytes: Uint8Array): { packets: Packet[]; rest: Uint8Array<ArrayBuffer> } {
  const packets: Packet[] = []
  let from = 0
  for (;;) {
    let length = 0
    let at = from + 1
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at]
      if (byte === undefined) return { packets, rest: bytes.slice(from) }
      at += 1
      length += (byte & 127) << shift
      if (byte < 128) break
    }
    if (at + length > bytes.length) return { packets, rest: bytes.slice(from) }
    packets.push({ type: (bytes[from] ?? 0) >> 4, body: bytes.slice(at, at + length) })
    from = at + length
  }
}

/** Section 3.3, without the packet identifier that QoS 0 does not have. */
export function messageOf(body: Uint8Array): Pick<Message, 'topic' | 'payload'> {
  const length = ((body[0] ?? 0) << 8) | (body[1] ?? 0)
  const decoder = new TextDecoder()
  return {
    topic: decoder.decode(body.slice(2, 2 + length)),
    payload: decoder.decode(body.slice(2 + length)),
  }
}

function packet(type: number, flags: number, body: Uint8Array): Uint8Array {
  const length: number[] = []
  for (let left = body.length; length.length === 0 || left > 0; left >>= 7) {
    length.push((left & 127) | (left > 127 ? 128 : 0))
  }
  return joined([Uint8Array.of((type << 4) | flags, ...length), body])
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value)
  return joined([Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes])
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts))
}
