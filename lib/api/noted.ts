import type { Caller } from '../core/access/scopes';

/** Owners of what calls are about, by the caller object that a host makes for each call. */
const owners = new WeakMap<Caller, string>();

/** Notes whose things a call turned out to be about, whether or not the caller may have them: the audit says so. */
export function noteOwner(caller: Caller, owner: string): void {
  owners.set(caller, owner);
}

/** Undefined where it was not found out. */
export function notedOwner(caller: Caller): string | undefined {
  return owners.get(caller);
}
