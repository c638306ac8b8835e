/**
 * One segment of a URL's path; `what` names it in the error.
 * @throws TypeError for a text that would name something else, whatever its encoding
 */
export function segment(what: string, text: string): string {
  if (text === '' || text === '.' || text === '..' || !text.isWellFormed()) {
    throw new TypeError(`${JSON.stringify(text)} cannot be ${what}: it does not fit into a URL`)
  }
  return encodeURIComponent(text)
}
