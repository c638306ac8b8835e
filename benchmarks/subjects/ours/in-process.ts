// in-process.ts plugin|bare: deliveries a second by app.handle, without a connection
import { delivery } from '../../lib/delivery.ts'
import { answerLines, callsPerSecond } from '../tell.mjs'
import { bareApp, pluginApp } from './apps.ts'

const { app } = process.argv[2] === 'bare' ? bareApp() : pluginApp(1)
const [head = '', body = ''] = delivery.split('\r\n\r\n')
const [start = '', ...lines] = head.split('\r\n')
const url = `http://127.0.0.1${start.split(' ')[1]}`
const headers = lines.map(line => line.split(': ') as [string, string])

await answerLines(seconds => callsPerSecond(deliver, Number(seconds)))

async function deliver() {
  const answer = await app.handle(new Request(url, { method: 'POST', headers, body }))
  if (answer.status !== 200) throw new Error(`answered ${answer.status}`)
}
