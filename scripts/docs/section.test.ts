import { expect, test } from 'bun:test'
import { withSection } from './section.ts'

const document = '# Shop\n\n<!-- picture: generated -->\n\nold\n\n<!-- /picture -->\n\nThe rest.\n'

test('what is between the markers is replaced, and again without a change', () => {
  const replaced = withSection(document, 'picture', 'new')
  expect(replaced).toBe(document.replace('old', 'new'))
  expect(withSection(replaced, 'picture', 'new')).toBe(replaced)
})

test.each([
  ['neither', '# Shop\n'],
  ['no end', document.replace('<!-- /picture -->', '')],
  ['two of them', document + document],
  ['the end first', '<!-- /picture -->\n<!-- picture: x -->\n'],
])('a document with %s is an error', (_, wrong) => {
  expect(() => withSection(wrong, 'picture', 'new')).toThrow('picture')
})
