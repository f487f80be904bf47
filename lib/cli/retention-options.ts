import { Option } from 'commander';
import type * as z from 'zod';
import {
  DAY_MS,
  DEFAULT_RETENTION,
  LEAST_DAYS,
  type Retention,
  retentionSchema,
} from '../core/cleanup/retention';
import { parseDuration } from '../core/model/duration';
import { invalid } from './invalid';
import { wholeNumber } from './numbers';

/** In days. */
export function olderThanOption(description: string): Option {
  return new Option('--older-than <age>', `${description}, such as 30d or 36h`).argParser(
    ageOf('--older-than', retentionSchema.shape.jobDays, `${LEAST_DAYS} day`),
  );
}

/** In days. */
export function auditOlderThanOption(): Option {
  const what = `days of the audit trail go that ended longer ago than this (default: ${DEFAULT_RETENTION.auditDays}d)`;
  return new Option('--audit-older-than <age>', what).argParser(
    ageOf('--audit-older-than', retentionSchema.shape.auditDays.unwrap(), '2 days'),
  );
}

export function keepOption(): Option {
  const option = new Option('--keep <n>', 'however old they are, the n jobs that ended last stay');
  return option.argParser(wholeNumber('--keep', { least: 0, most: 1_000_000 }));
}

/** What is kept where options say so, or do not. */
export function retentionOf(options: {
  readonly olderThan?: number;
  readonly auditOlderThan?: number;
  readonly keep?: number;
}): Retention {
  const { jobDays, auditDays, keepJobs } = DEFAULT_RETENTION;
  return {
    jobDays: options.olderThan ?? jobDays,
    auditDays: options.auditOlderThan ?? auditDays,
    keepJobs: options.keep ?? keepJobs,
  };
}

function ageOf(option: string, schema: z.ZodType<number>, least: string): (text: string) => number {
  return (text) => {
    const given = /^(\d{1,5})d$/.exec(text.trim())?.[1];
    const days = given === undefined ? (parseDuration(text) ?? Number.NaN) / DAY_MS : Number(given);
    if (schema.safeParse(days).success) return days;
    throw invalid(
      `${option} is a time of at least ${least}, such as 30d or 36h, not ${JSON.stringify(text)}`,
    );
  };
}
