import { runTool } from '../check/run-tool.ts'
import { ShopError } from '../supervisor/shop-error.ts'

/**
 * The files that differ from where this branch left `since`: committed, uncommitted and new ones, without those that
 * Git ignores. A renamed file is there under both names.
 *
 * @throws ShopError when Git does not know the commit
 */
export async function changedFiles(since: string, root = process.cwd()): Promise<string[]> {
  const base = (await git(root, since, 'merge-base', '--', since, 'HEAD')).trim()
  const [changed, untracked] = await Promise.all([
    git(root, since, 'diff', '--name-only', '--no-renames', '-z', base),
    git(root, since, 'ls-files', '--others', '--exclude-standard', '-z'),
  ])
  return [...new Set([...names(changed), ...names(untracked)])].sort()
}

async function git(root: string, since: string, ...args: string[]): Promise<string> {
  const { code, output } = await runTool(['git', ...args], root)
  if (code === 0) return output
  const what = output.trim().split('\n')[0] || 'it has nothing in common with what is checked out'
  throw new ShopError(
    `Git cannot compare with '${since}': ${what}. Name a commit that this clone has, or use --all.`,
  )
}

function names(output: string): string[] {
  return output.split('\0').filter(Boolean)
}
