import { join } from 'node:path'
import { InstallError } from '../../../../dapr/install/errors.ts'

/** What is built; the image of k8s/traefik has the same tag. */
export const version = 'v3.7.13'

/** The checksum of the module as go.sum has it; the module's own go.sum has those of everything that it requires. */
export const checksum = 'h1:T8wy9KuaFzCkmXCqAzDy7t73pBDR1DHrJe3pqXpNXTw='

/** The library behind basic authentication: what Traefik's fork of it forks, which every module proxy has. */
export const authentication = {
  module: 'github.com/abbot/go-http-auth',
  version: 'v0.4.1-0.20220112235402-e1cee1c72f2f',
  sums: [
    ' h1:R2ZVGCZzU95oXFJxncosHS9LsX8N4/MYUdGGWOb2cFk=',
    '/go.mod h1:l2P3JyHa+fjy5Bxol6y1u2o4DV/mv3QMBdBu2cNR53w=',
  ],
}

/** What is written otherwise: in which file, what, and how. */
export const changes: Record<string, [from: string, to: string]> = {
  'pkg/provider/acme/provider.go': [
    '"github.com/go-acme/lego/v5/providers/dns"',
    '"github.com/traefik/traefik/v3/pkg/provider/acme/dns"',
  ],
  // what the fork adds: a nonce that is too old is told apart from a wrong password
  'pkg/middlewares/auth/digest_auth.go': ['d.auth.RequireAuthStale(', 'd.auth.RequireAuth('],
}

/** Files of our own, by where they are in the source. */
export const files: Record<string, string> = {
  // A module within Traefik's repository, which its own go.mod replaces by this folder and no published module has.
  'pkg/config/dynamic/ext/go.mod': 'module github.com/traefik/traefik/dynamic/ext\n',
  'pkg/config/dynamic/ext/ext.go': 'package ext\n\ntype HTTP struct{}\n\ntype Router struct{}\n',
  // Instead of the clients of two hundred DNS services, which ask an ACME server for certificates.
  'pkg/provider/acme/dns/dns.go': `package dns

import (
	"errors"

	"github.com/go-acme/lego/v5/challenge"
)

func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, errors.New("built without DNS challenges: " + name)
}
`,
}

/**
 * Lays out Traefik's source in a folder, with what is ours.
 * @param module the unpacked module, which stays as it is
 * @throws InstallError when it is not the source that the changes are for
 */
export async function writeSource(module: string, folder: string): Promise<void> {
  const copied = new Bun.Glob('{cmd,pkg,webui}/**/*')
  for await (const file of copied.scan({ cwd: module, dot: true })) {
    if (/^webui\/(?!embed\.go$|static\/)|_test\.go$|\/fixtures\//.test(file)) continue
    // its bytes alone: what Go has unpacked is read-only
    await Bun.write(join(folder, file), await Bun.file(join(module, file)).bytes())
  }
  for (const [file, [from, to]] of Object.entries(changes)) {
    const text = await Bun.file(join(module, file)).text()
    if (!text.includes(from)) throw new InstallError(`Traefik’s ${file} no longer has ${from}`)
    await Bun.write(join(folder, file), text.replace(from, to))
  }
  for (const [file, text] of Object.entries(files)) await Bun.write(join(folder, file), text)
  await Bun.write(join(folder, 'go.mod'), await Bun.file(join(module, 'go.mod')).text())
  const sums = authentication.sums.map(sum => `${authentication.module} ${authentication.version}${sum}\n`)
  await Bun.write(join(folder, 'go.sum'), (await Bun.file(join(module, 'go.sum')).text()) + sums.join(''))
}
