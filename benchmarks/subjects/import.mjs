// import.mjs MODULE[,MODULE…] [MODULES ALREADY THERE…]: milliseconds and bytes of memory that the imports take
import { tell } from './tell.mjs'

const [wanted = '', ...present] = process.argv.slice(2)
for (const name of present) await import(name)
Bun.gc(true)
const memory = process.memoryUsage.rss()
const started = performance.now()
for (const name of wanted.split(',')) await import(name)
const milliseconds = performance.now() - started
Bun.gc(true)
tell({ milliseconds, bytes: process.memoryUsage.rss() - memory })
