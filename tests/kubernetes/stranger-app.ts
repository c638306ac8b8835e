// Tries to connect to each of the targets that the environment lists, and prints those that took the connection.
import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'

interface Target {
  host: string
  port: number
}

function isReached({ host, port }: Target): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port })
    const end = (reached: boolean) => {
      socket.destroy()
      resolve(reached)
    }
    socket.setTimeout(3_000, () => end(false))
    socket.on('connect', () => end(true))
    socket.on('error', () => end(false))
  })
}

// it has a network: what it does not reach, it is kept from
await lookup(process.env.KNOWN_NAME ?? '')
const targets: Target[] = JSON.parse(process.env.TARGETS ?? '')
const reached = await Promise.all(targets.map(isReached))
console.log(JSON.stringify(targets.filter((_, index) => reached[index])))
