import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

/** A Dapr resource: a Component, Subscription, Resiliency or HTTPEndpoint, as its YAML would say it. */
export interface Resource {
  apiVersion: string
  kind: string
  metadata: { name: string }
  [member: string]: unknown
}

/** What a Component says beside its metadata. */
export interface ComponentOptions {
  /** @default `v1` */
  version?: string
  /** The apps that may use it. @default all */
  scopes?: string[]
}

/**
 * A Component whose metadata are given by name.
 * Source: https://docs.dapr.io/reference/resource-specs/component-schema/
 *
 * @example
 * component('orders', 'state.sqlite', { connectionString: 'orders.db' })
 */
export function component(
  name: string,
  type: string,
  metadata: Record<string, string | number | boolean> = {},
  { version = 'v1', scopes }: ComponentOptions = {},
): Resource {
  const entries = Object.entries(metadata).map(([name, value]) => ({ name, value: String(value) }))
  return {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name },
    spec: { type, version, metadata: entries },
    ...(scopes && { scopes }),
  }
}

/**
 * Puts objects and single files into `folder`, which is made.
 * @returns the folders that daprd has to load
 */
export async function writeResources(folder: string, resources: (Resource | string)[]): Promise<string[]> {
  const folders = [folder]
  await mkdir(folder)
  for (const [index, resource] of resources.entries()) {
    if (typeof resource !== 'string') {
      // daprd loads no file of another name; JSON is YAML.
      await writeFile(join(folder, `${index}.yaml`), JSON.stringify(resource), { mode: 0o600 })
      continue
    }
    const path = resolve(resource)
    if ((await stat(path)).isDirectory()) folders.push(path)
    else await copyFile(path, join(folder, `${index}-${basename(path)}`))
  }
  return folders
}

/**
 * Writes the configuration, with sidecars that find each other by a file unless it says otherwise: what daprd does by
 * itself, multicast DNS, would leave the machine.
 */
export async function writeConfiguration(
  file: string,
  { spec, names }: { spec: Record<string, unknown>; names: string },
): Promise<void> {
  const nameResolution = {
    component: 'sqlite',
    version: 'v1',
    configuration: {
      connectionString: `file:${names}`,
      busyTimeout: '4s',
      timeout: '5s',
      updateInterval: '30s',
      cleanupInterval: '0',
    },
  }
  const configuration = {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Configuration',
    metadata: { name: 'testing' },
    spec: { nameResolution, ...spec },
  }
  await writeFile(file, JSON.stringify(configuration), { mode: 0o600 })
}
