import { findProduct, type Product } from './catalogue';
import { invalid, notFound } from './problems';

export interface Cart {
  /** Pieces by product id, in the order they were added. */
  readonly lines: Readonly<Record<string, number>>;
  /** A discount code, in capitals. */
  readonly code?: string;
}

export interface Line {
  readonly product: Product;
  readonly quantity: number;
}

export const EMPTY_CART: Cart = { lines: {} };
const MOST_OF_ONE_PRODUCT = 20;

/** A cart with exactly `quantity` pieces of a product; none removes the line. */
export function setQuantity(cart: Cart, productId: string, quantity: number): Cart {
  if (!findProduct(productId)) throw notFound(`there is no product "${productId}"`);
  if (!Number.isInteger(quantity) || quantity < 0 || quantity > MOST_OF_ONE_PRODUCT) {
    throw invalid(`a quantity is a whole number from 0 to ${MOST_OF_ONE_PRODUCT}`);
  }
  const { [productId]: _, ...others } = cart.lines;
  if (quantity === 0) return { ...cart, lines: others };
  return { ...cart, lines: { ...cart.lines, [productId]: quantity } };
}

export function linesOf(cart: Cart): readonly Line[] {
  return Object.entries(cart.lines).flatMap(([id, quantity]) => {
    const product = findProduct(id);
    return product ? [{ product, quantity }] : [];
  });
}

export function countPieces(cart: Cart): number {
  return Object.values(cart.lines).reduce((sum, quantity) => sum + quantity, 0);
}
