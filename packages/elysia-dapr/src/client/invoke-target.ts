import { segment } from './segment.ts'

/** An app, an HTTPEndpoint resource or an external address, and the path of the sidecar's API that leads to it. */
export interface Target {
  readonly appId: string
  readonly prefix: string
}

/**
 * @throws TypeError for a name that the sidecar would read as another, and for an address with more than an origin
 * and a path
 */
export function targetOf(appId: string): Target {
  const name = /^https?:\/\//i.test(appId) ? baseAddress(appId) : appNameOf(appId)
  // Twice: the sidecar decodes the path, looks for `/method/` in it, and decodes the name again.
  return { appId: name, prefix: `/v1.0/invoke/${encodeURIComponent(segment('an app ID', name))}/method` }
}

/**
 * A path with its query, encoded so that the app gets it as it is written.
 * Encoded twice: the sidecar decodes the path once, and the app's sidecar takes the rest for a URL.
 * @throws TypeError for a text that is not well formed
 */
export function encodedPath(path: string): string {
  if (plainPath.test(path)) return path
  if (!path.isWellFormed()) throw new TypeError(`${JSON.stringify(path)} does not fit into a URL`)
  // An origin in front, and not as a base, so that `//host` stays a path.
  const { pathname, search } = new URL(`http://app${path.startsWith('/') ? '' : '/'}${path}`)
  return pathname.replaceAll('%', '%25') + search
}

/** A URL has it as it is: to make one is a part of a call that is felt. */
const plainPath = /^(?:\/[\w-]+)+$/

/** The sidecar takes what follows a dot for a namespace, also in the name of a resource, and refuses a second one. */
function appNameOf(text: string): string {
  if (text.split('.').length > 2) throw new TypeError(`${text} cannot be an app ID: it has more than one dot`)
  return text
}

function baseAddress(text: string): string {
  const { origin, pathname, username, password, search, hash } = new URL(text)
  if (username || password || search || hash) {
    throw new TypeError(
      `an address has to look like https://api.example.com/v2: nothing before @, no ? and no #`,
    )
  }
  return origin + pathname.replace(/\/+$/, '')
}
