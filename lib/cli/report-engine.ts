import { createJobClient } from '../adapters/http/job-client';
import type { JobFormat } from '../reports/job-formats';
import { ctrfText } from '../reports/write-ctrf';
import { askBy, type ConnectOptions } from './connect';
import { writeText } from './files';
import { invalid } from './invalid';

interface Options extends ConnectOptions {
  readonly api: string;
  readonly junit?: string | undefined;
  readonly ctrf?: string | undefined;
  readonly format?: JobFormat;
  readonly out?: string;
}

/** Options of what is made from the files of a journal directory, which an engine does not give. */
const OF_FILES = {
  ...{ file: '--file', html: '--html', summary: '--summary', annotations: '--annotations' },
  ...{ codeQuality: '--code-quality', reportTo: '--report-to', json: '--json' },
} as const;

/** Writes the results of a job of an engine. @throws RepriseError JOB_NOT_FOUND, INPUT_INVALID */
export async function reportOfEngine(jobId: string, options: Options): Promise<void> {
  check(options);
  const { junit, ctrf, format, out } = options;
  const report = (of: JobFormat) =>
    askBy(createJobClient, options, async (client) =>
      of === 'junit' ? client.junit(jobId) : ctrfText(await client.ctrf(jobId)),
    );
  if (junit !== undefined) await writeText(junit, await report('junit'));
  if (ctrf !== undefined) await writeText(ctrf, await report('ctrf'));
  if (format === undefined) return;
  const text = await report(format);
  if (out === undefined) process.stdout.write(text);
  else await writeText(out, text);
}

function check(options: Options & { readonly [Name in keyof typeof OF_FILES]?: unknown }): void {
  const { api, junit, ctrf, format } = options;
  for (const [name, flag] of Object.entries(OF_FILES)) {
    if (options[name as keyof typeof OF_FILES] === undefined) continue;
    const mend = `${api} gives --junit, --ctrf and --format`;
    throw invalid(`${flag} is made from the files of this machine: ${mend}`);
  }
  if (junit === undefined && ctrf === undefined && format === undefined) {
    throw invalid(`say what ${api} is to report: --junit FILE, --ctrf FILE or --format`);
  }
}
