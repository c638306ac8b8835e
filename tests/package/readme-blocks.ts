import { cp, mkdir, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Built } from './project.ts'

const library = resolve(import.meta.dir, '../../packages/elysia-dapr')

export const readme = await Bun.file(join(library, 'README.md')).text()

/** The code blocks of a language. */
export function blocksOf(language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n(.*?)\\n\`\`\`$`, 'gms')
  return [...readme.matchAll(pattern)].map(([, block = '']) => `${block}\n`)
}

/** Name of the file that a block says it is, or one that tells it from the others. */
export function fileOf(block: string): string {
  const [, name] = /^\/\/ (\S+\.ts)$/m.exec(block.split('\n', 1)[0] ?? '') ?? []
  return name ?? `block-${blocksOf('ts').indexOf(block)}.ts`
}

/** The one block that has a text in it. */
export function blockWith(text: string): string {
  const [block, another] = blocksOf('ts').filter(block => block.includes(text))
  if (!block || another) throw new Error(`not one block of the README has ${text}`)
  return block
}

/** Makes a project of the TypeScript blocks, with the built package and what the workspace has for it. */
export async function writeBlocks({ dist, project }: Built, port: number): Promise<void> {
  for (const block of blocksOf('ts')) {
    // The README's port may be taken.
    await Bun.write(join(project, fileOf(block)), block.replace('listen(3000)', `listen(${port})`))
  }
  const modules = join(project, 'node_modules')
  for (const name of ['elysia', '@sinclair/typebox', '@elysiajs/eden', '@elysiajs/node']) {
    const link = join(modules, name)
    await mkdir(join(link, '..'), { recursive: true })
    await symlink(join(library, 'node_modules', name), link)
  }
  await cp(dist, join(modules, 'elysia-dapr'), { recursive: true })
  await Bun.write(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
}
