import type { Line } from './cart';
import { outOfStock } from './problems';

/** Pieces by product id. */
export type Stock = Readonly<Record<string, number>>;

/** Takes every line or nothing. */
export function take(stock: Stock, lines: readonly Line[]): Stock {
  const left: Record<string, number> = { ...stock };
  for (const { product, quantity } of lines) {
    const available = left[product.id] ?? 0;
    if (available < quantity) {
      throw outOfStock(
        available === 0 ? `${product.name} is sold out` : `only ${available} × ${product.name} left`,
      );
    }
    left[product.id] = available - quantity;
  }
  return left;
}

export function putBack(stock: Stock, lines: readonly Line[]): Stock {
  const left: Record<string, number> = { ...stock };
  for (const { product, quantity } of lines) left[product.id] = (left[product.id] ?? 0) + quantity;
  return left;
}
