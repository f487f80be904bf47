import { declined, paymentsDown } from './problems';

export interface Charge {
  /** The order's id. */
  readonly reference: string;
  readonly amount: number;
  readonly card: string;
}

export interface Payments {
  /** @returns the id of the payment */
  readonly charge: (charge: Charge) => Promise<string>;
}

/** The card that every payment provider's sandbox declines. */
export const DECLINED_CARD = '4000000000000002';

/** Pays at once, without a provider: for the tests that are about something else. */
export function pretendPayments(): Payments {
  return {
    charge: async ({ reference, card }) => {
      if (card === DECLINED_CARD) throw declined('the card was declined');
      return `pretend-${reference}`;
    },
  };
}

/** A payment provider over HTTP. */
export function httpPayments(url: string): Payments {
  return {
    charge: async (charge) => {
      const response = await fetch(`${url}/charges`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(charge),
      }).catch((error: Error) => {
        throw paymentsDown(`the payment provider cannot be reached: ${String(error.cause ?? error)}`);
      });
      const body = (await response.json()) as { id: string; message: string };
      if (response.status === 402) throw declined(body.message);
      if (!response.ok)
        throw paymentsDown(`the payment provider answered HTTP ${response.status}: ${body.message}`);
      return body.id;
    },
  };
}
