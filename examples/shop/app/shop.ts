import { Hono } from 'hono';
import type { AlsoBought } from './also-bought';
import type { Assets } from './assets';
import type { Payments } from './payments';
import { ShopProblem } from './problems';
import { api } from './routes/api';
import { assetFiles } from './routes/assets';
import { pages } from './routes/pages';
import type { Store } from './store';
import { problemPage } from './views/problem';

export interface ShopDeps {
  readonly store: Store;
  readonly payments: Payments;
  readonly alsoBought: AlsoBought;
  readonly assets: Assets;
}

export function createShop(deps: ShopDeps): Hono {
  const shop = new Hono();
  shop.route('/assets', assetFiles(deps.assets));
  shop.route('/api', api(deps));
  shop.route('/', pages(deps));
  shop.notFound((c) => {
    if (c.req.path.startsWith('/api/')) return c.json({ code: 'not-found', message: 'no such address' }, 404);
    return c.html(problemPage(deps.assets.manifest, 'There is nothing here.'), 404);
  });
  shop.onError((error, c) => {
    const known = error instanceof ShopProblem;
    if (!known) console.error(error);
    const message = known ? error.message : 'something broke on our side';
    const status = known ? error.status : 500;
    if (!c.req.path.startsWith('/api/')) return c.html(problemPage(deps.assets.manifest, message), status);
    return c.json({ code: known ? error.code : 'internal', message }, status);
  });
  return shop;
}
