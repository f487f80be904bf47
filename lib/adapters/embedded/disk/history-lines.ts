import * as z from 'zod';
import {
  type AttemptSample,
  attemptSampleSchema,
  digestSchema,
  type RetrySample,
  retrySampleSchema,
} from '../../../core/history/samples';

const owner = { owner: z.string() };

/** A line of `history.jsonl`. What an earlier version wrote knows of durations alone. */
const lineSchema = z.union([
  attemptSampleSchema.extend(owner).strict(),
  retrySampleSchema.extend(owner).strict(),
  z.strictObject({ node: digestSchema, ms: z.number().nonnegative() }),
]);
export type HistoryLine = z.infer<typeof lineSchema>;

/** What can be read of a text; lines that cannot, such as one that a crash cut short, are left out. */
export function parseLines<T>(schema: z.ZodType<T>, text: string): T[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      return [schema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

export const parseHistory = (text: string): HistoryLine[] => parseLines(lineSchema, text);

export const lineOf = (value: object): string => `${JSON.stringify(value)}\n`;

/** Whole milliseconds are as good as any, and shorter. */
export function attemptLine(owner: string, sample: AttemptSample): string {
  return lineOf({ ...sample, durationMs: Math.round(sample.durationMs), owner });
}

export function retryLine(owner: string, sample: RetrySample): string {
  const { waitedMs, spentMs, slotMs, ...rest } = sample;
  const [waited, spent, slots] = [waitedMs, spentMs, slotMs].map(Math.round);
  return lineOf({ ...rest, waitedMs: waited, spentMs: spent, slotMs: slots, owner });
}
