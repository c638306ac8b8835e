import { expect, setDefaultTimeout } from 'bun:test'
import { run, succeed } from '../package/project.ts'
import { compileTimeout, goTest, source } from './go.ts'

setDefaultTimeout(compileTimeout)

goTest('go vet finds nothing', async () => {
  await succeed(['go', 'vet', './...'], source)
})

goTest('everything is as gofmt writes it', async () => {
  expect(await run(['gofmt', '-l', '.'], source)).toEqual({ code: 0, output: '' })
})

goTest('go.mod has what is used, and nothing else', async () => {
  await succeed(['go', 'mod', 'tidy', '-diff'], source)
})

goTest('go test passes', async () => {
  await succeed(['go', 'test', './...'], source)
})
