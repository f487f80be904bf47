/** Something the customer or the caller has to hear about, with the HTTP status that says it. */
export class ShopProblem extends Error {
  override readonly name = 'ShopProblem';
  constructor(
    readonly status: 400 | 402 | 404 | 409 | 503,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export const invalid = (message: string) => new ShopProblem(400, 'invalid', message);
export const notFound = (message: string) => new ShopProblem(404, 'not-found', message);
export const declined = (message: string) => new ShopProblem(402, 'card-declined', message);
export const outOfStock = (message: string) => new ShopProblem(409, 'out-of-stock', message);
export const paymentsDown = (message: string) => new ShopProblem(503, 'payments-unavailable', message);
