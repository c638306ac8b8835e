import { emptyTally, type Tally } from './tally.ts'

/**
 * Counts the test cases of a JUnit report as `bun test` writes it, and the files that they came from.
 * HTMLRewriter visits elements in the order of the document, so a `<failure>` belongs to the `<testcase>` before it.
 */
export function readJunit(xml: string): { tally: Tally; files: Set<string> } {
  const tally = emptyTally()
  const files = new Set<string>()
  let current = ''
  new HTMLRewriter()
    .on('testcase', {
      element(testcase) {
        const file = text(testcase.getAttribute('file'))
        const parts = [text(testcase.getAttribute('classname')), text(testcase.getAttribute('name'))]
        current = `${file}: ${parts.filter(Boolean).join(' > ')}`
        files.add(file)
        tally.passed++
      },
    })
    .on('failure, error', {
      element() {
        tally.passed--
        tally.failed.push(current)
      },
    })
    .on('skipped', {
      element(skipped) {
        tally.passed--
        tally.skipped.push({
          name: current,
          reason: text(skipped.getAttribute('message')) || reasonIn(current),
        })
      },
    })
    .transform(xml)
  return { tally, files }
}

/** Bun's report has no reason, so the name of a test that may be skipped ends with it: `builds it (needs Go)`. */
function reasonIn(name: string): string {
  return name.match(/\(([^()]*)\)$/)?.[1] ?? 'its name gives no reason'
}

const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

function text(attribute: string | null): string {
  return (attribute ?? '').replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => entities[name] ?? '')
}
