/**
 * A document with the part between `<!-- name: ... -->` and `<!-- /name -->` replaced; the markers stay.
 * @throws Error when it does not have both, each once
 */
export function withSection(document: string, name: string, section: string): string {
  const parts = document.split(new RegExp(`(<!-- ${name}: [^\\n]*-->\\n|<!-- /${name} -->)`))
  const [before, open, , close, after] = parts
  if (parts.length !== 5 || !open?.startsWith(`<!-- ${name}:`) || close !== `<!-- /${name} -->`) {
    throw new Error(`the document needs <!-- ${name}: … --> and <!-- /${name} -->, each once`)
  }
  return `${before}${open}\n${section}\n\n${close}${after}`
}
