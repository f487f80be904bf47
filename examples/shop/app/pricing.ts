import { type Cart, type Line, linesOf } from './cart';
import { type Cents, percentOf } from './money';
import { invalid } from './problems';

export interface Discount {
  readonly label: string;
  readonly amount: Cents;
}

export interface Totals {
  readonly subtotal: Cents;
  readonly discounts: readonly Discount[];
  readonly shipping: Cents;
  readonly total: Cents;
  /** The tax that `total` contains. */
  readonly vat: Cents;
}

const SHIPPING: Cents = 490;
const FREE_SHIPPING_FROM: Cents = 5000;
const VAT_PERCENT = 20;
const CODES: Readonly<Record<string, { readonly percent: number; readonly from: Cents }>> = {
  WELCOME10: { percent: 10, from: 0 },
  BIGPOT15: { percent: 15, from: 10000 },
};

/** The code as the shop writes it. */
export function knownCode(code: string): string {
  const written = code.trim().toUpperCase();
  if (!Object.hasOwn(CODES, written)) throw invalid(`"${code}" is not a code of ours`);
  return written;
}

/** What a cart costs. Offers come first, codes apply to what is left, shipping depends on what is paid. */
export function totalsOf(cart: Cart): Totals {
  const lines = linesOf(cart);
  const subtotal = lines.reduce((sum, line) => sum + line.product.price * line.quantity, 0);
  const offers = mugOffer(lines);
  const discounts = [...offers, ...codeDiscount(cart.code, subtotal - sumOf(offers))];
  const goods = subtotal - sumOf(discounts);
  const shipping = lines.length === 0 || goods >= FREE_SHIPPING_FROM ? 0 : SHIPPING;
  const total = goods + shipping;
  return {
    subtotal,
    discounts,
    shipping,
    total,
    vat: Math.round((total * VAT_PERCENT) / (100 + VAT_PERCENT)),
  };
}

/** Three mugs for the price of two: of every three, the cheapest is free. */
function mugOffer(lines: readonly Line[]): readonly Discount[] {
  const prices = lines
    .filter((line) => line.product.kind === 'mug')
    .flatMap((line) => Array<Cents>(line.quantity).fill(line.product.price))
    .sort((a, b) => b - a);
  const amount = prices.reduce((sum, price, i) => sum + (i % 3 === 2 ? price : 0), 0);
  return amount > 0 ? [{ label: 'Three mugs for two', amount }] : [];
}

function codeDiscount(code: string | undefined, goods: Cents): readonly Discount[] {
  const terms = code === undefined ? undefined : CODES[code];
  if (!terms || goods === 0 || goods < terms.from) return [];
  return [{ label: `${code} (${terms.percent}%)`, amount: percentOf(goods, terms.percent) }];
}

function sumOf(discounts: readonly Discount[]): Cents {
  return discounts.reduce((sum, discount) => sum + discount.amount, 0);
}
