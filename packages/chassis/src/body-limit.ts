import type { Elysia } from 'elysia'
import { isJsonType } from 'elysia-dapr'
import { Problem } from './problem.ts'

/** Bytes of the largest request body that a service takes. */
export const maxBodyBytes = 1024 * 1024

/** Bytes at which Bun itself ends a request, with a 413 that is no problem document: far above the limit. */
export const serverBodyBytes = 64 * maxBodyBytes

/**
 * Answers 413 `body-too-large` for a larger body, whether its length is announced or not.
 */
export function bodyLimit(app: Elysia): Elysia {
  return app
    .onRequest(function limitAnnouncedBody({ request }) {
      if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge()
    })
    .onParse(async function limitStreamedBody({ request, contentType }) {
      // Events have a parser of their own, which drops what is no JSON.
      if (request.headers.has('content-length') || contentType === 'application/cloudevents+json')
        return undefined
      const text = await readLimited(request)
      return isJsonType(contentType) ? JSON.parse(text) : text
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
