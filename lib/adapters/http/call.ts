import type * as z from 'zod';
import { type ExchangeRequest, exchange, foreignAnswer, nameOf } from '../../client/exchange';

/**
 * One HTTP call of a contract, as `exchange`; answers the body as its schema gives it.
 * @throws RepriseError besides INPUT_INVALID for another body
 */
export async function call<S extends z.ZodType>(request: ExchangeRequest, schema: S): Promise<z.output<S>> {
  const { status, body } = await exchange(request);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw foreignAnswer(nameOf(request), status, parsed.error);
}
