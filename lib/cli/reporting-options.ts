import type { Command } from 'commander';
import { createReportingClient } from '../adapters/http/reporting-client';
import { RepriseError } from '../core/errors';
import type { ExecutionReporting } from '../core/ports/reporting';
import { parseUrl } from './options';
import { sayOnce } from './patience';

/** Where a command reports jobs to; nothing of it is secret. */
export interface ReportingOptions {
  readonly reportTo?: string;
  readonly reportToken?: string;
}

/** The variable that has the token, where no other is named. */
const TOKEN = 'REPRISE_REPORT_TOKEN';

/** How long each call is tried again, milliseconds: a job that is over waits for nobody long. */
const PATIENCE_MS = 20_000;

export const REPORT_WHEN_OVER = 'report the job to this system when it is over (docs/reporting.md)';

export function withReportingOptions(command: Command, what: string): Command {
  return command
    .option('--report-to <url>', what, parseUrl('--report-to'))
    .option(
      '--report-token <name>',
      `the variable that has the token for it (default: ${TOKEN}, if it is set)`,
    );
}

/** Undefined where nothing is to be reported. @throws RepriseError INPUT_INVALID where the variable is not set */
export function reportingOf(
  { reportTo: url, reportToken: name }: ReportingOptions,
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): ExecutionReporting | undefined {
  if (url === undefined) return undefined;
  const token = env[name ?? TOKEN];
  if (name !== undefined && !token) {
    throw new RepriseError('INPUT_INVALID', `--report-token ${name}: the variable ${name} is not set`);
  }
  const patience = { retryForMs: PATIENCE_MS, onRetry: sayOnce(PATIENCE_MS) };
  return createReportingClient({ url, token: token || undefined, ...patience, signal });
}
