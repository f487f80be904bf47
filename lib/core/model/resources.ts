import { z } from 'zod';

/** Amounts by name, such as `{ browserLicences: 2 }`. */
export const resourcesSchema = z.record(
  z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/),
  z.number().int().positive(),
);
export type Resources = z.infer<typeof resourcesSchema>;
