import { Option } from 'commander';
import {
  DAY_MS,
  DEFAULT_RETENTION,
  LEAST_DAYS,
  type Retention,
  retentionSchema,
} from '../core/cleanup/retention';
import { RepriseError } from '../core/errors';
import { parseDuration } from '../core/model/duration';
import { wholeNumber } from './numbers';

/** In days. */
export function olderThanOption(description: string): Option {
  return new Option('--older-than <age>', `${description}, such as 30d or 36h`).argParser(parseAge);
}

export function keepOption(): Option {
  const option = new Option('--keep <n>', 'however old they are, the n jobs that ended last stay');
  return option.argParser(wholeNumber('--keep', { least: 0, most: 1_000_000 }));
}

/** What is kept where options say so, or do not. */
export function retentionOf(options: { readonly olderThan?: number; readonly keep?: number }): Retention {
  const { jobDays, keepJobs } = DEFAULT_RETENTION;
  return { jobDays: options.olderThan ?? jobDays, keepJobs: options.keep ?? keepJobs };
}

function parseAge(text: string): number {
  const given = /^(\d{1,5})d$/.exec(text.trim())?.[1];
  const days = given === undefined ? (parseDuration(text) ?? Number.NaN) / DAY_MS : Number(given);
  if (retentionSchema.shape.jobDays.safeParse(days).success) return days;
  throw invalid(
    `--older-than is a time of at least ${LEAST_DAYS} day, such as 30d or 36h, not ${JSON.stringify(text)}`,
  );
}

function invalid(message: string): RepriseError {
  return new RepriseError('INPUT_INVALID', message);
}
