import { useEffect, useState } from 'react';
import { PLACES } from '../../../lib/client/operations';
import type { OperationId } from './api';
import { apiBase } from './session';

type Paths = Readonly<Record<string, object>>;
let paths: Promise<Paths | undefined> | undefined;

/** The document of the host says what it has; where it keeps none, it has everything. */
async function pathsOfHost(): Promise<Paths | undefined> {
  const response = await fetch(`${apiBase()}/openapi.json`).catch(() => undefined);
  if (!response?.ok) return undefined;
  const document = (await response.json().catch(() => ({}))) as { readonly paths?: Paths };
  return document.paths;
}

/** Whether the host of the page has an operation: what it has not is not offered. */
export function useHas(id: OperationId): boolean {
  const [has, setHas] = useState(false);
  useEffect(() => {
    let isGone = false;
    paths ??= pathsOfHost();
    void paths.then((known) => {
      const { method, path } = PLACES[id];
      if (!isGone) setHas(known === undefined || method.toLowerCase() in (known[path] ?? {}));
    });
    return () => {
      isGone = true;
    };
  }, [id]);
  return has;
}
