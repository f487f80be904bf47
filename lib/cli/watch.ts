import { relative } from 'node:path';
import type { Command } from 'commander';
import { onSignals } from '../adapters/signals';
import { goesOn, type JobEvent } from '../core/job/events';
import type { Recorded } from '../core/journal/envelope';
import { createTally } from '../core/projections/tally';
import { type ConnectOptions, withJournals } from './connect';
import { EXIT } from './exit';
import { type JobDesk, jobDesk } from './job-desk';
import { layoutAt, parseJobId, say } from './options';
import { printDocument } from './print';
import { resultOfView } from './render/jobs';
import { createLiveLine } from './render/live';
import { createProgress } from './render/progress';
import { createBar } from './render/progress-bar';
import { renderReport } from './render/report';
import { colorsFor } from './render/style';

type Options = ConnectOptions & { readonly json?: boolean };

/** `reprise watch JOB`: progress of a job, whoever runs it. */
export function registerWatch(program: Command): void {
  withJournals(program.command('watch'))
    .description('follow a job to its end; the exit status is 0 where it succeeded, else 1')
    .argument('<job>', 'the id of the job', parseJobId)
    .option('--json', 'print its events as JSON Lines, as the journal has them')
    .action((jobId: string, options: Options) => followJob(jobId, options));
}

/** Prints what happens to a job until it is over, and sets the exit status. Ctrl-C ends this, and not the job. */
export async function followJob(jobId: string, options: Options): Promise<void> {
  const desk = jobDesk(options);
  const stop = new AbortController();
  const disarm = onSignals({
    first() {
      say(`the job goes on: \`reprise watch ${jobId}\` follows it again`);
      stop.abort();
    },
    again: () => process.exit(EXIT.forced),
  });
  process.exitCode = EXIT.failed;
  try {
    const show = options.json ? printLines : await progressOf(desk, jobId, options);
    const end = await follow(desk, jobId, show, stop.signal);
    show.end();
    if (end.why !== undefined) say(end.why);
    if (end.isOver) await printEnd(desk, jobId, options);
    else if (stop.signal.aborted) process.exitCode = EXIT.forced;
  } finally {
    disarm();
  }
}

/** Takes events in their order, as they come. */
interface Show {
  readonly take: (events: readonly Recorded<JobEvent>[]) => void;
  readonly end: () => void;
}

const printLines: Show = {
  take(events) {
    for (const event of events) printDocument(event);
  },
  end: () => undefined,
};

interface End {
  readonly isOver: boolean;
  /** Why it was not waited for. */
  readonly why?: string;
}

/** Reads the events of a job until it is over, or nobody runs it. */
export async function follow(
  desk: Pick<JobDesk, 'events' | 'idle' | 'paceMs'>,
  jobId: string,
  show: Pick<Show, 'take'>,
  signal: AbortSignal,
): Promise<End> {
  let [next, isOver, why] = [1, false, undefined as string | undefined];
  while (!signal.aborted) {
    // Asked before the events are read: what was written until then is among them.
    why = desk.idle(jobId);
    const events: Recorded<JobEvent>[] = [];
    for await (const event of desk.events(jobId, next)) events.push(event as Recorded<JobEvent>);
    for (const event of events) {
      next = event.seq + 1;
      isOver = event.type === 'job.completed' || (isOver && !goesOn(event));
    }
    show.take(events);
    if (isOver) return { isOver };
    if (why !== undefined && events.length === 0) return { isOver, why };
    await paused(desk.paceMs, signal);
  }
  return { isOver };
}

function paused(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((wake) => {
    const timer = setTimeout(wake, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      wake();
    });
  });
}

async function progressOf(desk: JobDesk, jobId: string, options: Options): Promise<Show> {
  const { nodes, submitted_at } = await desk.get(jobId);
  const tally = createTally();
  const live = createLiveLine(process.stderr);
  const colors = colorsFor(process.stderr);
  const startedAt = Date.parse(submitted_at);
  const bar = createBar({
    ...{ live, colors, tally, startedAt, nodes: Object.keys(nodes).length, clock: Date.now },
  });
  const progress = createProgress({
    ...{ colors, tally, startedAt, nodeIds: Object.keys(nodes), cleanUpIds: [] },
    write: (text) => void process.stderr.write(text),
    logOf: (nodeId, attempt) =>
      `reprise logs ${jobId} --node ${nodeId} --attempt ${attempt}${where(options)}`,
  });
  return {
    take(events) {
      for (const event of events) {
        tally.apply(event);
        progress([event]);
      }
      bar(events);
    },
    end: () => live.end(),
  };
}

async function printEnd(desk: JobDesk, jobId: string, options: Options): Promise<void> {
  const view = await desk.get(jobId);
  process.exitCode = view.status === 'succeeded' ? EXIT.done : EXIT.failed;
  if (options.json) return;
  const layout = layoutAt(options.journal);
  const places =
    options.api === undefined
      ? { logs: fromHere(layout.attempts(jobId)), journal: fromHere(layout.journal(jobId)) }
      : {};
  const resume = `reprise resume ${jobId}${where(options)}`;
  process.stdout.write(renderReport(resultOfView(view), { ...places, resume }, colorsFor(process.stdout)));
}

/** The options with which the same engine is asked again. */
function where({ api, profile, journal }: Options): string {
  if (api !== undefined) return profile === undefined ? ` --api ${api}` : ` --profile ${profile}`;
  return journal === '.reprise' ? '' : ` --journal ${journal}`;
}

function fromHere(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
