import { join } from 'node:path'
import { renderJson } from '../json-schema.ts'
import { type BreakingChange, compareSnapshots } from './compare-snapshots.ts'
import type { Snapshot, Subject } from './snapshot.ts'

/** What of a service was last published, as its `published.json` holds it. */
export interface Published extends Snapshot {
  /** Breaking changes that were published on purpose, the first one first. */
  broken: { reason: string; changes: string[] }[]
}

const note =
  "What was last published, by 'bun run contracts --publish'. Changes are compared with it. Do not edit."

/** Undefined when the service has published nothing yet. */
export async function readPublished(
  { publishedFile }: Subject,
  root: string,
): Promise<Published | undefined> {
  const file = Bun.file(join(root, publishedFile))
  if (!(await file.exists())) return undefined
  const { $comment: _note, ...published } = await file.json()
  return published
}

export interface Comparison {
  subject: Subject
  published: Published | undefined
  breaking: BreakingChange[]
  /** Whether anything at all differs from what was published. */
  differs: boolean
}

/** Each service beside what it has published. */
export async function comparePublished(subjects: readonly Subject[], root: string): Promise<Comparison[]> {
  return await Promise.all(
    subjects.map(async subject => {
      const published = await readPublished(subject, root)
      const { broken: _broken, ...before } = published ?? { broken: [] }
      const differs = !published || renderJson(before) !== renderJson(subject.snapshot)
      const breaking = published ? compareSnapshots(published, subject.snapshot) : []
      return { subject, published, breaking, differs }
    }),
  )
}

/** Makes the current state the published one. `reason` is kept beside the changes that it breaks something for. */
export async function publish({ subject, published, breaking }: Comparison, root: string, reason?: string) {
  const broken = [...(published?.broken ?? [])]
  if (breaking.length > 0) broken.push({ reason: reason ?? '', changes: breaking.map(({ text }) => text) })
  const text = renderJson({ $comment: note, ...subject.snapshot, broken })
  await Bun.write(join(root, subject.publishedFile), text)
}
