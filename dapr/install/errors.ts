/** Says what is wrong and what to do about it; shown to the person as it is, without a stack. */
export class InstallError extends Error {
  override name = 'InstallError'
}

class FatalError extends InstallError {}

/**
 * A failure that no other way of obtaining Dapr would avoid (the cache cannot be written, the disk is full),
 * as an InstallError; undefined for every other failure.
 */
export function fatalCause(error: unknown, place: string): InstallError | undefined {
  if (error instanceof FatalError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const text = error instanceof Error ? error.message : String(error)
  const full = text.split('\n').find(line => /no space left on device|disk quota exceeded/i.test(line))
  if (code === 'ENOSPC' || code === 'EDQUOT' || full !== undefined) {
    return new FatalError(
      `The disk is full: ${full ?? firstLine(text)}\nFree some space, or set SHOP_CACHE_DIR to a folder on another disk ` +
        `(now ${place}).`,
    )
  }
  if (
    ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'SQLITE_CANTOPEN', 'SQLITE_READONLY'].includes(code)
  ) {
    return new FatalError(
      `The cache ${place} cannot be written: ${firstLine(text)}\nMake it writable, or set SHOP_CACHE_DIR to a ` +
        'folder that is.',
    )
  }
  return undefined
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function firstLine(text: string): string {
  return text.split('\n').find(line => line.trim() !== '') ?? text
}
