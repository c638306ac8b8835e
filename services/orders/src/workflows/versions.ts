import { cancellationV1 } from './cancellation-v1.ts'
import { checkoutV1 } from './checkout-v1.ts'
import type { Steps } from './steps.ts'

/**
 * Every version that may have instances, the newest last: new orders get that one, older ones finish on theirs. Remove
 * a version when `select count(*) from workflows where workflow = '…' and finished_at is null` is 0.
 */
export function versionsOf(steps: Steps) {
  return {
    checkout: [checkoutV1(steps)],
    cancellation: [cancellationV1(steps)],
  }
}
