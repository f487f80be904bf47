import { html } from 'hono/html';
import type { Product } from '../catalogue';
import { formatMoney } from '../money';
import { addButton } from './catalogue';
import { type Frame, type Html, page } from './frame';
import { picture } from './picture';

const FEW = 5;

export function productPage(frame: Frame, product: Product, left: number): Html {
  return page(
    frame,
    product.name,
    html`<article class="product" data-product="${product.id}">
        ${picture(product)}
        <div>
          <h1>${product.name}</h1>
          <p>${product.description}</p>
          <p class="price">${formatMoney(product.price)}</p>
          ${left > 0 && left <= FEW ? html`<p class="few">Only ${left} left</p>` : ''}
          ${addButton(product, left)}
        </div>
      </article>
      <section id="also-bought" data-also-bought="${product.id}" hidden>
        <h2>Often bought together</h2>
        <ul></ul>
      </section>`,
  );
}
