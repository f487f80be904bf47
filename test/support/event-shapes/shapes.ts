import { execFileSync } from 'node:child_process';

/** Kind of stream -> type of event -> shape of its data, as `print.mjs` writes it. */
export type EventShapes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What events consist of today, by their types. */
export function eventShapes(): EventShapes {
  return JSON.parse(
    execFileSync(process.execPath, ['test/support/event-shapes/print.mjs'], { encoding: 'utf8' }),
  );
}
