import { spelling } from '../../../spelling.ts'
import type { Needed } from '../needed.ts'
import type { Component } from '../read-set.ts'
import { inboundRetries, type Resiliency, type Retries } from '../resiliency.ts'
import type { SetFinding } from '../set-finding.ts'
import { milliseconds } from '../values.ts'

/** An event whose handler fails comes again by the retries of its sidecar: not every broker has a second attempt. */
export function checkRetries(needed: readonly Needed[], resiliencies: readonly Resiliency[]): SetFinding[] {
  return needed.flatMap(({ kind, component, users }) => {
    if (kind !== 'pubsub' || component === undefined) return []
    const retries = users
      .filter(({ subscribes }) => subscribes.length > 0)
      .map(({ name }) => inboundRetries(resiliencies, { component: component.name.value, app: name }))
    const none = retries.find(({ times }) => times === 0)
    if (none) return [tellNone(component, none)]
    return component.type.value === 'pubsub.redis' ? checkProcessingTimeout(component, retries) : []
  })
}

/** Seen in a run of pubsub.redis: one delivery, answered with 500, and the event was gone. */
function tellNone({ file, type, name: { value } }: Component, { name, known }: Retries): SetFinding {
  const message = `${type.value} loses an event whose handler fails once, or buries it at once`
  const place = 'dapr/resiliency/resiliency.yaml'
  const add = `add "${value}: { inbound: { retry: … } }" to spec.targets.components of ${place}`
  if (name === undefined)
    return { file, line: type.line, message: `${message}: ${value} has no inbound retry policy`, fix: add }
  if (known.includes(name)) {
    const why = `its inbound retry policy ${name} has maxRetries 0`
    return { file, line: type.line, message: `${message}: ${why}`, fix: `give ${name} more in ${place}` }
  }
  const why = `there is no retry policy ${name}, which its inbound retry is`
  const fix = known.length > 0 ? spelling(name, known) : `add it to spec.policies.retries of ${place}`
  return { file, line: type.line, message: `${message}: ${why}`, fix }
}

/** pubsub/redis/redis.go, reclaimPendingMessagesLoop: what is pending for longer is delivered again, by whoever looks. */
function checkProcessingTimeout(
  { file, type, metadata }: Component,
  retries: readonly Retries[],
): SetFinding[] {
  const entry = metadata.get('processingtimeout')
  if (entry && !entry.value) return []
  const timeout = milliseconds(entry?.value?.value ?? '15s', 1)
  const [slowest] = [...retries].sort((a, b) => b.longest - a.longest)
  // 0 turns redelivery off, which is told as that
  if (!slowest || timeout === 0 || !(timeout < slowest.longest)) return []
  const { longest, name } = slowest
  const endless = longest === Number.POSITIVE_INFINITY
  const subject = entry?.value
    ? `processingTimeout ${entry.value.value} is over`
    : `without processingTimeout, ${type.value} waits 15 s, which are over`
  const duration = endless ? 'without end' : `for up to ${Math.ceil(longest / 1_000)} s`
  return [
    {
      file,
      line: entry?.value?.line ?? type.line,
      message: `${subject} while an event is retried ${duration} (${name} of dapr/resiliency): it is delivered again, and handled twice at once`,
      fix: endless
        ? `give the retry policy ${name} a maxRetries`
        : `write "processingTimeout" with "${Math.ceil((longest * 1.2) / 10_000) * 10}s"`,
    },
  ]
}
