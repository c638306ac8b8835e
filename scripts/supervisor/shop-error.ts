/** Says what is wrong and what to do about it. Shown to the person as it is, without a stack. */
export class ShopError extends Error {
  override name = 'ShopError'
}
