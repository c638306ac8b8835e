import type { Hazard } from './hazard.ts'

export const encryption: readonly Hazard[] = [
  {
    types: ['state.*'],
    setting: 'primaryEncryptionKey',
    why: 'has daprd 1.18 encrypt the text that Go prints for a JSON object, so that what is read back is no JSON',
    fix: 'remove it, and encrypt with a component of crypto.*',
    source: 'github.com/dapr/dapr 1.18.2 pkg/api/http/http.go:1041 and 1603, "%v"; seen in a run',
  },
]
