import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Manifest } from '../assets';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What every page knows about its visitor. */
export interface Frame {
  readonly manifest: Manifest;
  readonly cartId: string;
  readonly pieces: number;
}

export function page(frame: Frame, title: string, body: Html): Html {
  const { files } = frame.manifest;
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} · Leaf &amp; Kettle</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/assets/${files['styles.css']}" />
    <script type="module" src="/assets/${files['main.js']}"></script>
  </head>
  <body data-cart="${frame.cartId}">
    <header class="bar">
      <a class="brand" href="/">Leaf <span>&amp;</span> Kettle</a>
      <a class="cart-link" href="/cart">Cart <output id="pieces">${frame.pieces}</output></a>
    </header>
    <main>${body}</main>
    <footer>Free shipping from €50. Three mugs for two. WELCOME10 takes 10% off a first order.</footer>
    <div id="notice" role="status" aria-live="polite"></div>
  </body>
</html>`;
}
