import { join } from 'node:path';
import { AUDIT_KIND } from '../../../core/audit/events';
import { CLEANUP_KIND } from '../../../core/cleanup/audit';
import { CONFIG_KIND } from '../../../core/configuration/events';
import { RepriseError } from '../../../core/errors';
import { addressOf } from '../../../core/messages/address';
import type { AttemptRef } from '../../../core/model/attempt';
import { attemptFiles } from './attempt-files';

/**
 * Where the embedded runtime keeps things under its journal directory:
 *
 *     graphs/<hash>.json            graphs by content
 *     graph-owners/<hash>/<owner>   who brought a graph, where a daemon has many owners
 *     jobs/<jobId>/journal.jsonl    the events, one a line
 *     jobs/<jobId>/head.json        where the journal is known to reach
 *     jobs/<jobId>/run.json         what a resume needs beside the graph
 *     jobs/<jobId>/attempts/<nodeId>.<attempt>.*   logs and result of an attempt
 *     jobs/<jobId>/owner-*.lock     the process that runs the job
 *     triggers/<triggerId>/         journal, head and lock of a trigger, as of a job
 *     dependencies/<name>/          the same of a dependency, which a daemon keeps
 *     targets/<name>/               the same of a target of notifications, which a daemon keeps
 *     letters/<group>/              the same of a group of letters, which any process writes and none holds
 *     cleanup/<yyyy-mm>/            journal, head and lock of what a cleanup removed in a month
 *     audit/<yyyy-mm-dd>/           the same of who asked for what on a day; any process writes it, as letters
 *     anchors/anchors.jsonl         heads of all streams, anchored; see journal/anchors.ts
 *     config/main/                  the same of what was configured
 *     config.yaml                   what a daemon is configured with, where somebody has written it
 *     archive/<kind>/<day>/<id>.jsonl.gz   what a stream consisted of that was removed; see cleanup/archives.ts
 *     answers/<id>.json             calls under an `Idempotency-Key` and what they were answered, for a day
 *     trash/                        what is half removed
 *     agent/<workerId>/             what agents keep of attempts; see lib/agent
 *     history.jsonl                 what earlier jobs measured
 *     decisions.jsonl               quarantines, and corrections of failure classes
 *     server.json                   where the daemon of this directory listens
 *     store.json                    which layout this is; see store.ts
 *     queue.json                    how its queue is set, where somebody has set it
 *     taking-up.json                jobs that a daemon is taking up, or died of
 *     owner-*.lock                  that daemon
 *     wal/<process>-<n>.wal         what a daemon wrote last, of all of its streams; see write-ahead-log.ts
 *     wal/late/                     who has streams without files there, and who asks for them; see late-requests.ts
 */
export interface Layout {
  readonly root: string;
  readonly graphs: string;
  readonly graphOwners: string;
  readonly jobs: string;
  readonly triggers: string;
  readonly dependencies: string;
  readonly letters: string;
  readonly targets: string;
  readonly cleanup: string;
  readonly audit: string;
  readonly anchors: string;
  readonly archive: string;
  readonly answers: string;
  readonly trash: string;
  readonly agents: string;
  readonly takingUp: string;
  readonly queue: string;
  /** The write-ahead logs of processes that write many streams. */
  readonly wal: string;
  /** The lock of the process whose streams may have no files yet, and what it is asked. */
  readonly late: string;
  /** Where streams are, by their kind. Pools are in memory. */
  readonly places: Readonly<Record<string, string>>;
  /** The files of a stream of a job, a trigger, a dependency, letters, a target, the cleanup or the audit trail. */
  readonly stream: (stream: string) => StreamFiles;
  readonly job: (jobId: string) => string;
  readonly journal: (jobId: string) => string;
  readonly head: (jobId: string) => string;
  readonly run: (jobId: string) => string;
  readonly attempts: (jobId: string) => string;
  /** Where the reports of its tests are, one of each node. */
  readonly reports: (jobId: string) => string;
  /** What the paths of an attempt's files begin with. */
  readonly attempt: (ref: AttemptRef) => string;
}

export interface StreamFiles {
  readonly dir: string;
  readonly journal: string;
  readonly head: string;
}

export function layoutOf(root: string): Layout {
  const jobs = join(root, 'jobs');
  const triggers = join(root, 'triggers');
  const dependencies = join(root, 'dependencies');
  const letters = join(root, 'letters');
  const targets = join(root, 'targets');
  const cleanup = join(root, CLEANUP_KIND);
  const audit = join(root, AUDIT_KIND);
  const places: Readonly<Record<string, string>> = {
    job: jobs,
    trigger: triggers,
    dependency: dependencies,
    letter: letters,
    target: targets,
    [CLEANUP_KIND]: cleanup,
    [AUDIT_KIND]: audit,
    [CONFIG_KIND]: join(root, CONFIG_KIND),
  };
  const job = (jobId: string) => join(jobs, jobId);
  const attempts = (jobId: string) => join(job(jobId), 'attempts');
  return {
    root,
    graphs: join(root, 'graphs'),
    graphOwners: join(root, 'graph-owners'),
    jobs,
    triggers,
    dependencies,
    letters,
    targets,
    cleanup,
    audit,
    anchors: join(root, 'anchors'),
    archive: join(root, 'archive'),
    answers: join(root, 'answers'),
    trash: join(root, 'trash'),
    agents: join(root, 'agent'),
    takingUp: join(root, 'taking-up.json'),
    queue: join(root, 'queue.json'),
    wal: join(root, 'wal'),
    late: join(root, 'wal', 'late'),
    places,
    stream(stream) {
      const { kind, id } = addressOf(stream);
      const place = places[kind];
      if (place === undefined) {
        throw new RepriseError('STREAM_NOT_FOUND', `${stream} is kept in memory, not in files`);
      }
      return filesIn(join(place, id));
    },
    job,
    journal: (jobId) => filesIn(job(jobId)).journal,
    head: (jobId) => filesIn(job(jobId)).head,
    run: (jobId) => join(job(jobId), 'run.json'),
    attempts,
    reports: (jobId) => join(job(jobId), 'reports'),
    attempt: (ref) => attemptFiles(jobs, ref).base,
  };
}

export function filesIn(dir: string): StreamFiles {
  return { dir, journal: join(dir, 'journal.jsonl'), head: join(dir, 'head.json') };
}
