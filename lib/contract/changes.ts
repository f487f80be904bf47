import * as z from 'zod';

/**
 * `GET /changes`: one event `change` for each stream whose journal has grown, such as `job/01J...`, and one `beat` whenever nothing
 * did for a while. Changes that come close together are told once: what changed is read by the other routes.
 */
export const changesStream = z.union([
  z.string(),
  /** One event of it, as tools have it that take the stream apart. */
  z.object({ event: z.enum(['change', 'beat']), data: z.string() }),
]);
