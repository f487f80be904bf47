import * as z from 'zod';
import { LIMITS } from '../limits';
import { positive, recordOf } from './bounded';

/** Amounts by name, such as `{ browserLicences: 2 }`. */
export const resourcesSchema = recordOf(
  z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/),
  positive(LIMITS.resourceAmount),
  { most: LIMITS.resourceNames },
);
export type Resources = z.infer<typeof resourcesSchema>;
