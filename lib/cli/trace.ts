import { type Command, Option } from 'commander';
import { version } from '../../package.json';
import { createArchivedGraphs } from '../adapters/embedded/disk/archived-graphs';
import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import { createFileTraceIndex } from '../adapters/embedded/disk/trace-index';
import { otlpDocument, sendSpans } from '../adapters/http/otlp';
import { createTraceClient } from '../adapters/http/trace-client';
import { memoryConditions } from '../adapters/memory/conditions';
import { traceNotFound } from '../api/get-trace';
import { traceBody } from '../api/views/trace';
import type { TraceResponse } from '../contract/traces';
import { createKinds } from '../core/engine/kinds';
import { traced } from '../core/engine/tracing';
import { RepriseError } from '../core/errors';
import { many } from '../core/model/many';
import { type Span, spansOf } from '../core/projections/spans';
import { askBy, type ConnectOptions, withJournals } from './connect';
import { timelineIn } from './job-timeline';
import { layoutAt, parseUrl, say } from './options';
import { sayOnce } from './patience';
import { printDocument } from './print';
import { colorsFor } from './render/style';
import { traceText } from './render/trace';

interface Options extends ConnectOptions {
  readonly format: 'text' | 'json' | 'otlp';
  readonly endpoint?: string;
  readonly json?: boolean;
}

/** How long a receiver is given to come up, milliseconds. */
const PATIENCE_MS = 30_000;

/** As the exporters of OpenTelemetry have them: the one for traces in place of the one for all signals. */
const HEADERS = ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS'] as const;

/** `reprise trace ID`: all that carries an id; or the jobs among it as traces of OpenTelemetry. */
export function registerTrace(program: Command): void {
  withJournals(program.command('trace'))
    .description('show all that carries an id, or export its jobs as traces of OpenTelemetry')
    .argument('<id>', 'of a job, of a trace, or of a call (X-Trace-Id, X-Correlation-Id of an answer)')
    .addOption(
      new Option('--format <format>', 'lines, one JSON document, or OTLP as JSON')
        .choices(['text', 'json', 'otlp'])
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .option(
      '--endpoint <url>',
      'send it to this receiver of OTLP over HTTP, such as http://127.0.0.1:4318',
      parseUrl('--endpoint'),
    )
    .action(trace);
}

async function trace(id: string, options: Options): Promise<void> {
  const { api, endpoint } = options;
  const format = options.json && options.format === 'text' ? 'json' : options.format;
  const isExport = format === 'otlp' || endpoint !== undefined;
  if (isExport && api !== undefined) {
    throw new RepriseError('INPUT_INVALID', '--api: traces of OpenTelemetry are made of journals on disk');
  }
  const found =
    api === undefined
      ? await inFiles(id, options)
      : await askBy(createTraceClient, options, (client) => client.trace(id));
  if (isExport) await exported(found, options);
  else if (format === 'json') printDocument(found);
  else process.stdout.write(traceText(found, colorsFor(process.stdout)));
}

/** Of the files of a machine, whoever may read them may see everything. */
async function inFiles(id: string, { journal: dir }: Options): Promise<TraceResponse> {
  const layout = layoutAt(dir);
  const journal = createFileJournalStore(layout);
  const graphs = createArchivedGraphs(layout);
  const random = () => 0;
  const kinds = createKinds({ journal, graphs, random, conditions: memoryConditions });
  const found = await traced({ journal, kinds, index: createFileTraceIndex(journal) }, id, () => true);
  if (found.lines.length === 0) throw traceNotFound(id);
  return traceBody(id, found, { from: 0, limit: found.lines.length });
}

async function exported({ jobs }: TraceResponse, { endpoint, journal }: Options): Promise<void> {
  const spans: Span[] = [];
  for (const { job_id } of jobs) {
    const { timeline, graph } = await timelineIn(layoutAt(journal), job_id);
    spans.push(...spansOf(timeline, graph));
  }
  if (endpoint === undefined) {
    printDocument(otlpDocument(spans, { version }));
    return;
  }
  const patience = { retryForMs: PATIENCE_MS, onRetry: sayOnce(PATIENCE_MS) };
  await sendSpans(spans, { endpoint, headers: headersIn(process.env), version, ...patience });
  const traces = [...new Set(spans.map(({ traceId }) => traceId))];
  say(`sent ${many(spans.length, 'span')} of the trace ${traces.join(', ')}`);
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
