import { expect, test } from 'bun:test'
import { installAdvice } from './install-advice.ts'

// in Bun's own words
test.each([
  ['warn: ConnectionRefused downloading tarball yaml@2.9.1\nFailed to install 104 packages', 'the network'],
  ['warn: DNSResolveFailed downloading tarball yaml@2.9.1', 'the network'],
  ['warn: GET https://registry.example/yaml/-/yaml-2.9.1.tgz - 403', 'the network'],
  ['warn: IntegrityCheckFailed extracting tarball from yaml', 'not the one that bun.lock names'],
  ['error: lockfile had changes, but lockfile is frozen', 'commit bun.lock'],
  ['error: ENOSPC extracting tarball from yaml', 'The disk is full'],
  ['error: EACCES: Permission denied creating node_modules', 'cannot be written'],
  ['error: postinstall script from "bun" exited with 1', 'Its own words are above'],
])('%s', (output, advice) => expect(installAdvice(output)).toContain(advice))
