import { call, cartPath } from './api.js';
import { notice } from './notice.js';

export function startCart() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-add], [data-remove]');
    if (button?.dataset.add) attempt(button, () => add(button.dataset.add));
    if (button?.dataset.remove) attempt(button, () => setQuantity(button.dataset.remove, 0));
  });
  for (const input of document.querySelectorAll('[data-quantity]')) {
    input.addEventListener('change', () =>
      attempt(input, () => setQuantity(input.dataset.quantity, Number(input.value))),
    );
  }
  onSubmit('#code', ({ code }) => call('PUT', `${cartPath()}/code`, { code }).then(() => location.reload()));
  onSubmit('#pay', async (buyer) => {
    const order = await call('POST', `${cartPath()}/checkout`, buyer);
    location.assign(`/orders/${order.id}`);
  });
}

async function add(productId) {
  const { lines } = await call('GET', cartPath());
  const quantity = (lines.find((line) => line.product.id === productId)?.quantity ?? 0) + 1;
  const cart = await call('PUT', `${cartPath()}/lines/${productId}`, { quantity });
  document.querySelector('#pieces').textContent = cart.lines.reduce((sum, line) => sum + line.quantity, 0);
  notice(`${cart.lines.find((line) => line.product.id === productId).product.name} is in the cart.`);
}

async function setQuantity(productId, quantity) {
  await call('PUT', `${cartPath()}/lines/${productId}`, { quantity });
  location.reload();
}

function onSubmit(selector, handle) {
  document.querySelector(selector)?.addEventListener('submit', (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    attempt(event.target.querySelector('button'), () => handle(fields));
  });
}

/** A control is off while its request is under way: a double click buys once. */
async function attempt(control, action) {
  control.disabled = true;
  try {
    await action();
  } catch (error) {
    notice(error.message, 'bad');
  } finally {
    control.disabled = false;
  }
}
