import { expect, spyOn, test } from 'bun:test'
import { signal } from './drain.ts'

function refusing(code: string) {
  return spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error(`kill() failed: ${code}`), { code })
  })
}

// what macOS answers for a group in which all have ended and nobody has reaped them
test.each([
  [4242, 'ESRCH'],
  [-4242, 'ESRCH'],
  [-4242, 'EPERM'],
])('a signal to %d that is answered with %s found nobody', (pid, code) => {
  using _ = refusing(code)
  expect(() => signal(pid, 'SIGKILL')).not.toThrow()
})

test("a signal to somebody else's process is an error", () => {
  using _ = refusing('EPERM')
  expect(() => signal(4242, 'SIGKILL')).toThrow('EPERM')
})
