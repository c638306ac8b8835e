import type { DemoResult } from '../../scripts/demo/run-demo.ts'
import { shopEnvironment } from './shop.ts'

/** `bun run demo` on a shop, with what it found, whether the books balance or not. */
export function runDemo(shop: Parameters<typeof shopEnvironment>[0], ...args: string[]) {
  const child = Bun.spawn([process.execPath, 'run', 'demo', '--json', ...args], {
    env: shopEnvironment(shop),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { child, result: finish() }

  async function finish(): Promise<DemoResult> {
    const [code, output, errors] = await Promise.all([
      child.exited,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    if (output === '') throw new Error(`bun run demo (exit ${code}) printed no result:\n${errors}`)
    return JSON.parse(output)
  }
}
