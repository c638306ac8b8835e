/** What keeps a workload from becoming ready. */
export interface Problem {
  /** As in `Deployment/orders`, or what stands in its way, as in `Component/pubsub`. */
  object: string
  /** The field that has to change, as in `spec.template.spec.containers[app].image`. */
  field?: string | undefined
  reason: string
  /** How long it may last before nobody will mend it but a person. Infinity: it may mend itself. */
  graceSeconds: number
}

/** `Deployment/orders spec.template.spec.containers[app].image: …` */
export function formatProblem({ object, field, reason }: Problem): string {
  return `${field === undefined ? object : `${object} ${field}`}: ${reason}`
}

/** Tells since when each problem is there. */
export class Patience {
  readonly #since = new Map<string, number>()

  /**
   * Of the problems of this moment, those that have lasted as long as they may. One that is away for a while counts
   * from the beginning.
   */
  lasting(problems: readonly Problem[], nowMs: number): Problem[] {
    const now = new Map(problems.map(each => [keyOf(each), this.#since.get(keyOf(each)) ?? nowMs]))
    this.#since.clear()
    for (const [key, since] of now) this.#since.set(key, since)
    return problems.filter(each => nowMs - (now.get(keyOf(each)) ?? nowMs) >= each.graceSeconds * 1_000)
  }
}

/** The reason is no part of it: Kubernetes says the same in turns, with ErrImagePull and ImagePullBackOff. */
export function keyOf({ object, field }: Problem): string {
  return `${object} ${field ?? ''}`
}
