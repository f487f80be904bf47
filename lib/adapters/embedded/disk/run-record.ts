import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { dependencyPoliciesSchema } from '../../../core/dependency/policy';
import { RepriseError } from '../../../core/errors';
import { resourcesSchema } from '../../../core/model/resources';
import { makeDir, replaceFile } from './durable';
import { hasCode } from './has-code';
import type { Layout } from './layout';

const runRecordSchema = z.strictObject({
  /** Where commands run, absolute. */
  cwd: z.string(),
  /** The graph's file as it was named, for people. */
  source: z.string(),
  slots: z.number().int().positive(),
  /** Command by suite id. */
  suites: z.record(z.string(), z.string()),
  /** Names of variables that commands see. Values may be secrets: they are taken from the environment each time. */
  env: z.array(z.string()),
  /** Where secrets come from: a directory, and ARNs by name. Values are looked up each time. */
  secretsDir: z.string().exactOptional(),
  secret: z.record(z.string(), z.string()).exactOptional(),
  /** Amounts of named resources that its commands share. */
  resources: resourcesSchema.exactOptional(),
  /** When the breakers of dependencies open. */
  policies: dependencyPoliciesSchema.exactOptional(),
  /** Of a job of `reprise serve`, which goes on with it by itself until its end is dealt with: then it is `over`. */
  served: z.enum(['open', 'over']).exactOptional(),
});

/** Its file, beside the journal of the job. */
export const RUN_RECORD = 'run.json';

/** What a resume needs beside journal and graph: how the run was asked for. */
export type RunRecord = z.infer<typeof runRecordSchema>;

export async function saveRunRecord(layout: Layout, jobId: string, record: RunRecord): Promise<void> {
  await makeDir(layout.job(jobId));
  await replaceFile(layout.run(jobId), runRecordText(record), { durable: true });
}

export const runRecordText = (record: RunRecord): string => `${JSON.stringify(record, undefined, 2)}\n`;

export const parseRunRecord = (text: string): RunRecord => runRecordSchema.parse(JSON.parse(text));

/** @throws RepriseError JOB_NOT_FOUND, or JOURNAL_CORRUPT when the record cannot be read. */
export async function loadRunRecord(layout: Layout, jobId: string): Promise<RunRecord> {
  const path = layout.run(jobId);
  try {
    return parseRunRecord(readFileSync(path, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      throw new RepriseError('JOB_NOT_FOUND', `job ${jobId} was never started from here: ${path} is missing`);
    }
    throw new RepriseError('JOURNAL_CORRUPT', `${path} is damaged: restore it from a copy`, { cause: error });
  }
}
