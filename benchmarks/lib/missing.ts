import { noRedis } from '../../tests/conformance/redis.ts'
import { findNode } from './subject.ts'

/** The peer runs on Node: there is nothing to compare with where Node is missing. */
export function missingNode(): string | undefined {
  return findNode() === null ? 'needs Node, which is not on the PATH' : undefined
}

export function missingRedis(): string | undefined {
  return noRedis
}
