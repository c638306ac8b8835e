/** A line for the person. Not by console.log: a spinner that is running holds back what goes through here. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
