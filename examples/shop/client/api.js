/** Calls the shop's API; throws what the shop says when it refuses. */
export async function call(method, path, body) {
  const response = await fetch(`/api${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

export const cartPath = () => `/carts/${document.body.dataset.cart}`;
