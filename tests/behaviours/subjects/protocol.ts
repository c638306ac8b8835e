/** The component that both subjects subscribe to. */
export const pubsub = 'pubsub'
export const store = 'store'
/** A component whose messages go to a broker, of which each can fail on its own. */
export const brokered = 'brokered'

/** Something that a handler of the subject was called with. */
export interface Report {
  /** Name of the handler: the topic, job, binding or method that it is for. */
  handler: string
  /** What the handler takes for the data. */
  data: unknown
  /** Everything that the handler was given, to search for what is not in the data. */
  given: unknown
}

/** What a caller is told: an error as its own members, its name and its message. */
export type Outcome = { resolved: unknown } | { rejected: Record<string, unknown> }

export type FromSubject = { ready: true } | { report: Report } | { id: number; outcome: Outcome }

export interface ToSubject {
  id: number
  call: keyof Calls
  args: unknown[]
}

/** What the client of a subject can be asked to do; its sidecar is the observer's. */
export interface Calls extends WorkflowCalls {
  /** Answers at once: whatever was reported before has arrived by then. */
  ping(): Promise<unknown>
  publish(pubsub: string, topic: string, data: unknown): Promise<unknown>
  /** The data is an instance of a class with the one member `number`. */
  publishInstance(pubsub: string, topic: string, number: number): Promise<unknown>
  /** The second event has a setting that the component cannot read. */
  publishMany(pubsub: string, topic: string): Promise<unknown>
  /** A job for now, without data. */
  scheduleJob(name: string): Promise<unknown>
  save(store: string, key: string, value: unknown, etag?: string): Promise<unknown>
  read(store: string, key: string): Promise<unknown>
  /** `GET`; `limit` is the longest time for it, in milliseconds. */
  invoke(appId: string, path: string, limit?: number): Promise<unknown>
  /** `GET` as a part of a trace. */
  invokeInTrace(appId: string, path: string, traceparent: string): Promise<unknown>
  /** The first call of a client whose sidecar should listen on `port`, where nothing does. */
  publishWithoutSidecar(port: number): Promise<unknown>
}

/** What is asked of the sidecar that the subject's own worker takes its work from. */
export interface WorkflowCalls {
  /** Runs a workflow that gives back what its activity, which it hands its input to, was called with. */
  echoByWorkflow(input: unknown): Promise<unknown>
  /** Runs a workflow whose activity fails so many times, and may be tried three times. */
  retryByWorkflow(fails: number): Promise<unknown>
}
