import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { InstallError } from './errors.ts'

/** A change of one file of Dapr's source. */
export interface Edit {
  file: string
  /** Every occurrence is replaced, and there has to be one. */
  from: string
  to: string
}

const pooled = (file: string, copy: string): Edit[] => [
  { file, from: `io.Copy(${copy})`, to: `pooled.Copy(${copy})` },
  { file, from: 'import (\n', to: 'import (\n\t"github.com/dapr/dapr/pkg/pooled"\n' },
]

/** What the shop's daprd has otherwise than Dapr's. */
export const edits: Edit[] = [
  // registers every component, or panics at start when no build tag picks a group
  { file: 'cmd/daprd/app/app.go', from: '_ "github.com/dapr/dapr/cmd/daprd/components"', to: '' },
  // what goes from the app to the sidecar of the caller, and on to the caller
  ...pooled('pkg/channel/http/http_channel.go', 'w, clientResp.Body'),
  ...pooled('pkg/api/http/directmessaging.go', 'dst, reader'),
]

/** What daprd is built from: its packages, and what is embedded in them. */
const parts = '{charts,cmd,pkg,utils}/**'

/**
 * Copies Dapr's source, which is read-only where Go keeps it, with the edits and with files of our own.
 *
 * @param own a folder laid out like Dapr's
 * @throws InstallError when the source has no such lines any more
 */
export async function copyDapr(source: string, { to, own }: { to: string; own: string }): Promise<void> {
  for (const file of ['go.mod', ...(await Array.fromAsync(new Bun.Glob(parts).scan(source)))])
    if (!file.endsWith('_test.go'))
      await Bun.write(join(to, file), await Bun.file(join(source, file)).bytes())
  for (const { file, from, to: instead } of edits) {
    const path = join(to, file)
    const text = await Bun.file(path).text()
    if (!text.includes(from)) throw new InstallError(`Dapr’s ${file} no longer has ${JSON.stringify(from)}`)
    await Bun.write(path, text.replaceAll(from, instead))
  }
  await cp(own, to, { recursive: true })
}
