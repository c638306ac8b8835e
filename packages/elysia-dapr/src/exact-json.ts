/**
 * `JSON.parse`, but for an integer that no number can hold, such as 9007199254740993: it comes as the text of its
 * digits. `JSON.parse` would make another integer of it, which still fits a schema of integers. What is written with a
 * fraction or an exponent, such as 9007199254740993.0, is a number as always: whoever writes so means no exact one.
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(manyDigits.test(text) ? quoteInexact(text) : text)
}

const manyDigits = /\d{16}/

function quoteInexact(text: string): string {
  let quoted = ''
  let done = 0
  // Not the whole string: on a long one a regular expression gives up, or overflows the stack.
  const tokens = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const [token] = match
    if (token === '"') {
      tokens.lastIndex = endOfString(text, match.index)
    } else if (isInexact(token) && !isKey(text, tokens.lastIndex)) {
      quoted += `${text.slice(done, match.index)}"${token}"`
      done = tokens.lastIndex
    }
  }
  return quoted + text.slice(done)
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = end
    while (text[escapes - 1] === '\\') escapes -= 1
    if ((end - escapes) % 2 === 0) return end + 1
  }
  return text.length
}

/** Zeros in front are none of JSON's: `JSON.parse` has to see them. */
function isInexact(token: string): boolean {
  return /^-?[1-9]\d{15,}$/.test(token) && String(Number(token)) !== token
}

/** A number is no key in JSON; its text would be one. */
function isKey(text: string, end: number): boolean {
  colon.lastIndex = end
  return colon.test(text)
}

const colon = /\s*:/y
