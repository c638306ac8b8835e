/**
 * `JSON.parse`, but for an integer that no number can hold, such as 9007199254740993: it comes as the text of its
 * digits. `JSON.parse` would make another integer of it, which still fits a schema of integers.
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(manyDigits.test(text) ? text.replace(tokens, quoteInexact) : text)
}

const manyDigits = /\d{16}/
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

function quoteInexact(token: string): string {
  return /^-?\d{16,}$/.test(token) && String(Number(token)) !== token ? `"${token}"` : token
}
