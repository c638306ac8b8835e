import type { Elysia } from 'elysia'
import { Problem } from './problem.ts'

/** Bytes of the largest request body that a service takes. */
export const maxBodyBytes = 1024 * 1024

/**
 * Answers 413 `body-too-large` for a larger body, whether its length is announced or not. Bun's own limit would
 * end such a request without a problem document, so the server's is set above this one.
 */
export function bodyLimit(app: Elysia): Elysia {
  return app
    .onRequest(function limitAnnouncedBody({ request }) {
      if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge()
    })
    .onParse(async function limitStreamedBody({ request, contentType }) {
      // Only what Elysia would parse as JSON: events have a parser of their own, which drops what is none.
      if (request.headers.has('content-length') || contentType !== 'application/json') return undefined
      return JSON.parse(await readLimited(request))
    }) as unknown as Elysia
}

async function readLimited(request: Request): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > maxBodyBytes) throw tooLarge()
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function tooLarge(): Problem {
  return new Problem(413, 'body-too-large', `A body may have at most ${maxBodyBytes} bytes.`)
}
