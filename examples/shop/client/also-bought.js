import { call } from './api.js';

/** Comes when it comes: the page is complete without it. */
export async function startAlsoBought() {
  const section = document.querySelector('[data-also-bought]');
  if (!section) return;
  const products = await call('GET', `/products/${section.dataset.alsoBought}/also-bought`).catch(() => []);
  const links = products.map((product) => {
    const link = document.createElement('a');
    link.href = `/products/${product.id}`;
    link.textContent = product.name;
    const item = document.createElement('li');
    item.append(link);
    return item;
  });
  section.querySelector('ul').replaceChildren(...links);
  section.hidden = links.length === 0;
}
