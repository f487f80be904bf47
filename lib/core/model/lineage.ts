import * as z from 'zod';
import { idSchema } from './ids';

/** What a firing goes back to, as the jobs of triggers and their events carry it along. */
export const lineageShape = {
  /** Names the first cause: of all that follows from one event or one job it is the same. */
  root: idSchema.exactOptional(),
  /** How many triggers led here, one after the other; absent where none did. */
  depth: z.int().positive().exactOptional(),
};

export interface Lineage {
  readonly root: string;
  readonly depth: number;
}
