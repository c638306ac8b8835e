import { ShopError } from '../shop-error.ts'

const reasons: Record<string, [reason: string, fix: string]> = {
  ENOSPC: ['the disk is full', 'Free some space, or set SHOP_HOME to a folder on another disk.'],
  EDQUOT: ['the quota is used up', 'Free some space, or set SHOP_HOME to a folder on another disk.'],
  EROFS: ['the file system is read-only', 'Set SHOP_HOME to a folder that can be written.'],
  EACCES: ['this user may not write there', 'Set SHOP_HOME to a folder that this user may write.'],
  EPERM: ['this user may not write there', 'Set SHOP_HOME to a folder that this user may write.'],
  ENOTDIR: ['a file is in the place of a folder', 'Remove it, or set SHOP_HOME to another folder.'],
  EEXIST: ['a file is in the place of a folder', 'Remove it, or set SHOP_HOME to another folder.'],
  EISDIR: ['a folder is in the place of the file', 'Remove it, or set SHOP_HOME to another folder.'],
  ENAMETOOLONG: ['the path is too long', 'Set SHOP_HOME to a folder with a shorter path.'],
  ENOENT: ['a folder above it is gone', 'Start the shop again, and keep its SHOP_HOME while it runs.'],
}

/**
 * Does what writes to `path`.
 * @throws ShopError that says why the system refused, and the way out; any other error as it is
 */
export function writing<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const [reason, fix] = reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? []
    if (reason === undefined) throw error
    throw new ShopError(`Cannot write ${path}: ${reason}. ${fix}`, { cause: error })
  }
}
