import { timingSafeEqual } from 'node:crypto'

/** Answers a request that is not allowed. */
export type Guard = (request: Request) => Response | undefined

/** Where `dapr()` leaves the guard of the callbacks in the context of an app. */
export const guardKey = 'daprCallbackGuard'

/** daprd stamps what one app sends to another through the mesh, and nothing that it sends by itself. */
export function refuseOtherApps({ headers }: Request): Response | undefined {
  if (!headers.has('dapr-caller-app-id')) return undefined
  return refuse(403, 'Forbidden', 'Only the own sidecar may call this.')
}

/** Refuses what lacks the token; without one, nothing. */
export function tokenGuard(token: string | undefined): Guard {
  if (!token) return () => undefined
  const wanted = Buffer.from(token)
  return ({ headers }) => {
    if (isSame(headers.get('dapr-api-token'), wanted)) return undefined
    return refuse(401, 'Unauthorized', 'The app API token is missing or wrong.')
  }
}

/** Takes as long for every text of one length; compared with itself, a text of another length takes as long too. */
function isSame(text: string | null, wanted: Buffer): boolean {
  if (text === null) return false
  const given = Buffer.from(text)
  const isLength = given.byteLength === wanted.byteLength
  return timingSafeEqual(isLength ? given : wanted, wanted) && isLength
}

/** A problem document. Source: RFC 9457, section 3 */
function refuse(status: number, title: string, detail: string): Response {
  const document = { type: 'about:blank', title, status, detail, code: title.toLowerCase() }
  return Response.json(document, { status, headers: { 'content-type': 'application/problem+json' } })
}
