/** How long to wait for what has to come, in milliseconds. */
export const patience = 60_000
