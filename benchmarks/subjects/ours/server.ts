// server.ts plugin|bare [TOPICS]: tells its port, then for each line how many events it has handled
import { answerLines, tell } from '../tell.mjs'
import { bareApp, pluginApp } from './apps.ts'

const [kind, topics = 1] = process.argv.slice(2)
const { app, handled } = kind === 'bare' ? bareApp() : pluginApp(Number(topics))
app.listen({ hostname: '127.0.0.1', port: 0 })
tell({ port: app.server?.port })
await answerLines(handled)
