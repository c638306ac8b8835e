/** The variable that holds a secret which a component refers to: `SHOP_SECRET_MY_BROKER_URL` for `my-broker-url`. */
export function variableOf(secret: string): string {
  return `SHOP_SECRET_${secret.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase()}`
}

/** What the person gives for a secret; undefined when that is nothing. */
export function givenSecret(secret: string): string | undefined {
  return process.env[variableOf(secret)] || undefined
}
