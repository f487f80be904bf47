import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Env as AnyEnv, Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** Bundled it stands beside the folder of the bundle; from the sources it is there once they have been built. */
export function builtPage(name: 'dashboard' | 'api'): string | undefined {
  const places = [join(__dirname, '..', name), join(__dirname, '../../dist', name)];
  return places.find((place) => existsSync(join(place, 'index.html')));
}

/** The page runs its own scripts, asks its own server and who signs callers in, and is framed by nobody. */
const headersFor = (signInOrigins: readonly string[] = []) =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'", ...signInOrigins],
      workerSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: 'no-referrer',
    // A machine's own address has no TLS to insist on.
    strictTransportSecurity: false,
  });

/** Their names change with what is in them. */
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Serves the files of the page, which hold nothing secret, at `/`. No route of the API has a dot in its path.
 * @param signInOrigins where it asks to sign somebody in, beside this server
 */
export function serveDashboard<E extends AnyEnv>(
  app: Hono<E>,
  root: string,
  signInOrigins?: readonly string[],
): void {
  const headers = headersFor(signInOrigins);
  app.get('/', headers, serveStatic({ path: join(root, 'index.html') }));
  app.get(
    '/:file{[\\w.-]+\\.(?:js|css)}',
    headers,
    serveStatic({ root, onFound: (_, c) => c.header('Cache-Control', FOREVER) }),
  );
}

/** Serves the page on which the API is browsed and tried, at `/api/`: it draws `/openapi.json`. */
export function serveApiPage<E extends AnyEnv>(app: Hono<E>, root: string): void {
  const headers = headersFor();
  app.get('/api', (c) => c.redirect('/api/'));
  app.get('/api/', headers, serveStatic({ path: join(root, 'index.html') }));
  const rewriteRequestPath = (path: string) => path.slice('/api'.length);
  app.get('/api/:file{[\\w-]+\\.(?:js|css)}', headers, serveStatic({ root, rewriteRequestPath }));
}
