import type { Command } from 'commander';
import { version } from '../../package.json';
import { otlpDocument, sendSpans } from '../adapters/http/otlp';
import { RepriseError } from '../core/errors';
import { spansOf } from '../core/projections/spans';
import { timelineIn } from './job-timeline';
import { JOURNAL_OPTION, layoutAt, parseJobId, parseUrl, say } from './options';

interface Options {
  readonly endpoint?: string;
  readonly journal: string;
}

/** How long a receiver is given to come up, milliseconds. */
const PATIENCE_MS = 30_000;

/** As the exporters of OpenTelemetry have them: the one for traces in place of the one for all signals. */
const HEADERS = ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS'] as const;

/** `reprise trace JOB`: the job as a trace of OpenTelemetry. */
export function registerTrace(program: Command): void {
  program
    .command('trace')
    .description('print a job as a trace of OpenTelemetry (OTLP as JSON), or send it')
    .argument('<job>', 'the id of the job', parseJobId)
    .option(
      '--endpoint <url>',
      'send it to this receiver of OTLP over HTTP, such as http://127.0.0.1:4318',
      parseUrl('--endpoint'),
    )
    .option(...JOURNAL_OPTION)
    .action(trace);
}

async function trace(jobId: string, { endpoint, journal }: Options): Promise<void> {
  const { timeline, graph } = await timelineIn(layoutAt(journal), jobId);
  const spans = spansOf(timeline, graph);
  if (endpoint === undefined) {
    process.stdout.write(`${JSON.stringify(otlpDocument(spans, { version }))}\n`);
    return;
  }
  await sendSpans(spans, { endpoint, headers: headersIn(process.env), version, retryForMs: PATIENCE_MS });
  say(`sent ${spans.length} spans of the trace ${spans[0]?.traceId}`);
}

/** `name=value`, with commas between them and values in percent encoding. Values are secrets: none is printed. */
export function headersIn(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const name = HEADERS.find((one) => env[one]);
  const pairs = (name === undefined ? '' : (env[name] ?? '')).split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      try {
        if (at > 0) return [pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())];
      } catch {
        // Said below.
      }
      throw new RepriseError(
        'INPUT_INVALID',
        `${name}: write NAME=VALUE, with commas between, in percent encoding`,
      );
    }),
  );
}
