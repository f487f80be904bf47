import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Hono } from 'hono';
import type { Assets } from '../assets';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** Serves the files the manifest names and no others; their names change with their content. */
export function assetFiles({ directory, manifest }: Assets): Hono {
  const known = new Set(Object.values(manifest.files));
  return new Hono().get('/:file', async (c) => {
    const file = c.req.param('file');
    if (!known.has(file)) return c.notFound();
    return c.body(await readFile(join(directory, file), 'utf8'), 200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });
}
