import { html } from 'hono/html';
import { type Cart, type Line, linesOf } from '../cart';
import { formatMoney } from '../money';
import { type Totals, totalsOf } from '../pricing';
import { type Frame, type Html, page } from './frame';

export function cartPage(frame: Frame, cart: Cart): Html {
  const lines = linesOf(cart);
  if (lines.length === 0) {
    return page(frame, 'Cart', html`<h1>Your cart is empty.</h1><p><a href="/">Back to the shelf</a></p>`);
  }
  return page(
    frame,
    'Cart',
    html`<h1>Your cart</h1>
      <div class="checkout">
        <section>
          <table class="lines">
            ${lines.map(lineRow)}
          </table>
          <form id="code" class="row">
            <input name="code" placeholder="Discount code" aria-label="Discount code" value="${cart.code ?? ''}" />
            <button>Apply</button>
          </form>
          ${totalsTable(totalsOf(cart))}
        </section>
        <form id="pay" class="panel">
          <h2>Pay</h2>
          <label>Email <input name="email" type="email" required autocomplete="email" /></label>
          <label>Card <input name="card" required inputmode="numeric" autocomplete="cc-number" /></label>
          <button class="primary">Pay ${formatMoney(totalsOf(cart).total)}</button>
        </form>
      </div>`,
  );
}

function lineRow({ product, quantity }: Line): Html {
  return html`<tr data-line="${product.id}">
    <td><a href="/products/${product.id}">${product.name}</a></td>
    <td>
      <input type="number" min="0" max="20" value="${quantity}" data-quantity="${product.id}" aria-label="Pieces of ${product.name}" />
    </td>
    <td class="number">${formatMoney(product.price * quantity)}</td>
    <td><button class="quiet" data-remove="${product.id}" aria-label="Remove ${product.name}">Remove</button></td>
  </tr>`;
}

export function totalsTable(totals: Totals): Html {
  return html`<dl class="totals">
    <dt>Goods</dt>
    <dd>${formatMoney(totals.subtotal)}</dd>
    ${totals.discounts.map(
      (discount) =>
        html`<dt class="discount">${discount.label}</dt>
          <dd class="discount">${formatMoney(-discount.amount)}</dd>`,
    )}
    <dt>Shipping</dt>
    <dd>${totals.shipping === 0 ? 'free' : formatMoney(totals.shipping)}</dd>
    <dt class="total">Total</dt>
    <dd class="total" id="total">${formatMoney(totals.total)}</dd>
    <dt class="small">of which VAT</dt>
    <dd class="small">${formatMoney(totals.vat)}</dd>
  </dl>`;
}
