import { expect, test } from 'bun:test'
import { connectPacket, listen, type Message, messageOf, packetsIn, subscribePacket } from './mqtt.ts'

// the examples of the specification: sections 2.2.3, 3.1 and 3.8
test('packets are written as the standard has them', () => {
  expect([...connectPacket('u', 'p')]).toEqual([
    ...[0x10, 26, 0, 4, ...Buffer.from('MQTT'), 4, 0xc2, 0, 0],
    ...[0, 8, ...Buffer.from('recorder'), 0, 1, 0x75, 0, 1, 0x70],
  ])
  expect([...subscribePacket(['a/b', 'c'])]).toEqual([
    ...[0x82, 12, 0, 1, 0, 3, ...Buffer.from('a/b'), 0, 0, 1, ...Buffer.from('c'), 0],
  ])
})

test('packets are read however the stream is cut', () => {
  const long = 'x'.repeat(300)
  const body = Buffer.concat([Buffer.from([0, 6]), Buffer.from(`orders${long}`)])
  const stream = Buffer.concat([Buffer.from([0x30, (body.length & 127) | 128, body.length >> 7]), body])
  for (let cut = 0; cut < stream.length; cut += 1) {
    expect(packetsIn(stream.subarray(0, cut))).toEqual({
      packets: [],
      rest: new Uint8Array(stream.subarray(0, cut)),
    })
  }
  const { packets, rest } = packetsIn(Buffer.concat([stream, stream, Buffer.from([0x30])]))
  expect(packets.map(({ type }) => type)).toEqual([3, 3])
  expect([...rest]).toEqual([0x30])
  expect(messageOf(packets[1]?.body ?? new Uint8Array())).toEqual({ topic: 'orders', payload: long })
})

test('a broker that takes the subscription is listened to, one that refuses is an error', async () => {
  const publish = Buffer.concat([Buffer.from([0x30, 8, 0, 6]), Buffer.from('orders')])
  let answer = Buffer.from([0x20, 2, 0, 0])
  using broker = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket, chunk) {
        if (chunk[0] === 0x10) socket.write(answer)
        else socket.write(Buffer.concat([Buffer.from([0x90, 3, 0, 1, 0]), publish]))
      },
    },
  })
  const heard = Promise.withResolvers<Message>()
  const url = `tcp://shop:secret@127.0.0.1:${broker.port}`
  const { stop } = await listen(url, ['orders'], heard.resolve)
  expect(await heard.promise).toMatchObject({ topic: 'orders', payload: '' })
  stop()
  answer = Buffer.from([0x20, 2, 0, 5])
  await expect(listen(url, ['orders'], () => {})).rejects.toThrow('the broker says 5')
})
