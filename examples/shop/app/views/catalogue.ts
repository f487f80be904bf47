import { html } from 'hono/html';
import type { Product } from '../catalogue';
import { formatMoney } from '../money';
import type { Stock } from '../stock';
import { type Frame, type Html, page } from './frame';
import { picture } from './picture';

export function cataloguePage(frame: Frame, products: readonly Product[], stock: Stock): Html {
  return page(
    frame,
    'Tea and what it needs',
    html`<section class="intro">
        <h1>Tea, and what it needs.</h1>
        <input id="filter" type="search" placeholder="Search the shelf" aria-label="Search the shelf" />
      </section>
      <section class="shelf">${products.map((product) => card(product, stock[product.id] ?? 0))}</section>
      <p id="nothing" hidden>Nothing on the shelf goes by that name.</p>`,
  );
}

function card(product: Product, left: number): Html {
  const text = `${product.name} ${product.description} ${product.kind}`.toLowerCase();
  return html`<article class="card" data-product="${product.id}" data-text="${text}">
    <a href="/products/${product.id}">${picture(product)}</a>
    <h2><a href="/products/${product.id}">${product.name}</a></h2>
    <p>${product.description}</p>
    <div class="row"><strong>${formatMoney(product.price)}</strong> ${addButton(product, left)}</div>
  </article>`;
}

export function addButton(product: Product, left: number): Html {
  if (left === 0) return html`<button disabled>Sold out</button>`;
  return html`<button data-add="${product.id}" aria-label="Add ${product.name} to the cart">Add</button>`;
}
