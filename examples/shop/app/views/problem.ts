import { html } from 'hono/html';
import type { Manifest } from '../assets';
import { type Html, page } from './frame';

export function problemPage(manifest: Manifest, message: string): Html {
  const frame = { manifest, cartId: '', pieces: 0 };
  return page(frame, 'Sorry', html`<h1>Sorry.</h1><p>${message}</p><p><a href="/">Back to the shelf</a></p>`);
}
