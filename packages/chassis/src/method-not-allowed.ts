import type { Elysia } from 'elysia'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** The methods that a path of the app does answer: Elysia itself says 404 for a wrong method on a known path. */
export function allowedMethods(app: Elysia, path: string): string[] {
  return methods.filter(
    method =>
      app.router.http.find(method, path) !== null ||
      app.routes.some(route => route.method === method && route.path === path),
  )
}
