const loopback = ['127.0.0.1', 'localhost', '::1']

/**
 * Keeps requests to this machine away from a proxy: services, sidecars and checks of their health talk over loopback,
 * and Bun's fetch sends even those to HTTP_PROXY. Both spellings, since programs differ in the one they read; what
 * either names already stays.
 */
export function bypassProxyForLoopback(env: Record<string, string | undefined>): void {
  const named = [env.NO_PROXY, env.no_proxy].flatMap(list => list?.split(',') ?? [])
  const hosts = [...named, ...loopback].map(host => host.trim()).filter(Boolean)
  env.NO_PROXY = env.no_proxy = [...new Set(hosts)].join(',')
}
