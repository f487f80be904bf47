import * as z from 'zod';
import { ORIGINS } from '../core/configuration/layers';
import { LIMITS } from '../core/limits';
import { line, recordOf, text } from '../core/model/bounded';
import { listKeys, nextPage } from './list';

/** The configuration of an engine, as it crosses HTTP. */

/** By key; the keys say what each may be. */
const values = recordOf(text(LIMITS.idLength), z.unknown(), {
  most: LIMITS.bodyValues,
  bytes: LIMITS.bodyBytes,
});

/** `PUT /config`, with `If-Match`: what people set from now on, in place of all that was set before. */
export const putConfigRequest = z.strictObject({
  set: values,
  /** Why, for whoever looks later. */
  reason: line(LIMITS.reasonLength).min(1).exactOptional(),
});

/** `GET /config`: every key, its value, and where that comes from. */
export const configView = z.object({
  /** What `If-Match` of a change names. */
  version: z.number(),
  set: values,
  keys: z.array(z.object({ key: z.string(), value: z.unknown(), origin: z.enum(ORIGINS) })),
});
export type ConfigView = z.infer<typeof configView>;

/** `GET /config/history` */
export const configHistoryQuery = z.strictObject(listKeys(['-version', 'version'], LIMITS.listPage, 100));

/** `GET /config/history`: what was changed, latest first. */
export const configHistory = z.object({
  changes: z.array(
    z.object({
      version: z.number(),
      at: z.iso.datetime(),
      by: z.string(),
      origin: z.enum(ORIGINS),
      reason: z.string().optional(),
      changes: z.array(
        z.object({ key: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
      ),
    }),
  ),
  ...nextPage,
});
export type ConfigHistory = z.infer<typeof configHistory>;
