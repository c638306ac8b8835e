import type { Peer } from './peer.ts'

/** One line of the comparison: something that happens, and what is seen of it from outside. */
export interface Behaviour {
  /** Names the row in the recorded results. */
  id: string
  /** What is done, as the table says it. */
  sentence: string
  /** What has to be seen of elysia-dapr. */
  expected: string
  /** Does it to one of the two, and says in a few words what was seen. */
  run(peer: Peer): Promise<string>
  /** Whether it takes the sidecar away from the others: such rows run one by one, after them. */
  alone?: boolean
  /** Whether it may end the process: runs after everything. */
  fatal?: boolean
}

/** Rows under one heading of the table. */
export interface Group {
  title: string
  behaviours: Behaviour[]
}
