import { type Command, Option } from 'commander';
import { createHints } from '../core/dag/check/nearest';
import { RepriseError } from '../core/errors';
import type { JobEvent } from '../core/job/events';
import type { Recorded } from '../core/journal/envelope';
import { LIMITS } from '../core/limits';
import { type AttemptRef, attemptKey } from '../core/model/attempt';
import type { LogStream } from '../core/ports/logs';
import { type ConnectOptions, withJournals } from './connect';
import { type JobDesk, jobDesk } from './job-desk';
import { wholeNumber } from './numbers';
import { parseJobId, say } from './options';
import { type LogLine, logPrinter } from './render/logs';
import { colorsFor } from './render/style';
import { follow } from './watch';

interface Options extends ConnectOptions {
  readonly follow?: boolean;
  readonly node?: string;
  readonly attempt?: number;
  readonly stream: 'both' | LogStream;
  readonly json?: boolean;
}

/** `reprise logs JOB`: what the commands of attempts wrote. */
export function registerLogs(program: Command): void {
  withJournals(program.command('logs'))
    .description(
      'print what the commands of a job wrote: of each node its last attempt; with several nodes a line says which',
    )
    .argument('<job>', 'the id of the job', parseJobId)
    .option('-f, --follow', 'go on until the job is over, with attempts that begin meanwhile')
    .option('--node <id>', 'of this node only')
    .option('--attempt <n>', 'this attempt, and not the last one', wholeNumber('--attempt'))
    .addOption(
      new Option('--stream <stream>', 'which output of theirs')
        .choices(['both', 'stdout', 'stderr'])
        .default('both'),
    )
    .option('--json', 'print JSON Lines: node, attempt, stream, line')
    .action(printLogs);
}

async function printLogs(jobId: string, options: Options): Promise<void> {
  const desk = jobDesk(options);
  const isOne = options.node !== undefined;
  const print = logPrinter({ isOne, json: options.json === true, colors: colorsFor(process.stdout) });
  const reader = createReader({
    desk,
    jobId,
    options,
    print: (line) => void process.stdout.write(print(line)),
  });
  const stop = new AbortController();
  if (options.follow) {
    // Between two looks at the journal what was written meanwhile is read.
    const turns = setInterval(() => void reader.read(), desk.paceMs);
    try {
      const { why } = await follow(desk, jobId, { take: reader.take }, stop.signal);
      if (why !== undefined) say(why);
    } finally {
      clearInterval(turns);
    }
  } else {
    const events: Recorded<JobEvent>[] = [];
    for await (const event of desk.events(jobId, 1)) events.push(event as Recorded<JobEvent>);
    reader.take(events);
  }
  await reader.read();
  reader.flush();
  if (!reader.hasAny()) throw nothing(jobId, options, reader.nodes());
}

interface ReaderDeps {
  readonly desk: Pick<JobDesk, 'log'>;
  readonly jobId: string;
  readonly options: Pick<Options, 'node' | 'attempt' | 'stream' | 'follow'>;
  readonly print: (line: LogLine) => void;
}

/** One output of one attempt, and how far it has been read. */
interface Source {
  readonly ref: AttemptRef;
  readonly stream: LogStream;
  from: number;
  /** What has no end of line yet. */
  rest: string;
}

function createReader({ desk, jobId, options, print }: ReaderDeps) {
  const sources = new Map<string, readonly Source[]>();
  const nodes = new Set<string>();
  const streams: readonly LogStream[] = options.stream === 'both' ? ['stdout', 'stderr'] : [options.stream];
  let reading: Promise<void> = Promise.resolve();

  function begin(nodeId: string, attempt: number): void {
    nodes.add(nodeId);
    if (options.node !== undefined && nodeId !== options.node) return;
    if (options.attempt !== undefined && attempt !== options.attempt) return;
    const ref = { jobId, nodeId, attempt };
    // What is followed is all that is written; else only the last attempt of a node is of interest.
    const key = options.follow ? attemptKey(ref) : nodeId;
    sources.set(
      key,
      streams.map((stream) => ({ ref, stream, from: 0, rest: '' })),
    );
  }

  async function drain(source: Source): Promise<void> {
    for (;;) {
      const page = await desk.log(source.ref, source.stream, source.from);
      if (!page || page.next === source.from) return;
      source.from = page.next;
      const lines = (source.rest + page.text).split('\n');
      source.rest = lines.pop() ?? '';
      for (const line of lines) print({ ...source.ref, stream: source.stream, line });
      if (page.next >= page.size) return;
    }
  }

  return {
    take(events: readonly Recorded<JobEvent>[]) {
      for (const event of events) {
        if (event.type === 'attempt.started') begin(event.data.nodeId, event.data.attempt);
      }
    },
    /** One reading after the other: two at once would print a page twice. */
    read() {
      reading = reading.then(async () => {
        for (const of of [...sources.values()]) for (const source of of) await drain(source);
      });
      return reading;
    },
    flush() {
      for (const source of [...sources.values()].flat()) {
        if (source.rest !== '') print({ ...source.ref, stream: source.stream, line: source.rest });
      }
    },
    hasAny: () => sources.size > 0,
    nodes: () => nodes,
  };
}

function nothing(jobId: string, { node, attempt }: Options, nodes: ReadonlySet<string>): RepriseError {
  const among = [...nodes];
  const hint =
    node === undefined || nodes.has(node)
      ? ''
      : createHints(LIMITS.problemsShown * 1_000)({ word: node, among });
  const what = `${attempt === undefined ? 'no attempt' : `no attempt ${attempt}`}${node === undefined ? '' : ` of ${JSON.stringify(node)}`}`;
  const message = `job ${jobId}: ${what} has begun${hint}`;
  return new RepriseError('NODE_NOT_FOUND', message, { context: { jobId } });
}
