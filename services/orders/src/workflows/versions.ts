import { cancellationV1 } from './cancellation-v1.ts'
import { checkoutV1 } from './checkout-v1.ts'
import type { OrderWorkflow } from './launcher.ts'
import type { Steps } from './steps.ts'

/** What is started from now on. */
export const current = { checkout: 'checkout-v1', cancellation: 'cancellation-v1' }

/**
 * Every version that may have instances: older ones finish on theirs, whatever `current` says. A version can go when no
 * row of the table `workflows` names it without `finished_at`.
 */
export function versionsOf(steps: Steps): OrderWorkflow[] {
  return [checkoutV1(steps), cancellationV1(steps)] as OrderWorkflow[]
}
