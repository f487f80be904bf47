import { html } from 'hono/html';
import { linesOf } from '../cart';
import type { Order } from '../checkout';
import { totalsTable } from './cart';
import { type Frame, type Html, page } from './frame';

export function orderPage(frame: Frame, order: Order): Html {
  return page(
    frame,
    'Thank you',
    html`<h1>Thank you!</h1>
      <p>The receipt is on its way to <strong>${order.email}</strong>.</p>
      <ul class="plain">
        ${linesOf(order.cart).map(({ product, quantity }) => html`<li>${quantity} × ${product.name}</li>`)}
      </ul>
      ${totalsTable(order.totals)}
      <p class="small">Order ${order.id}</p>`,
  );
}
