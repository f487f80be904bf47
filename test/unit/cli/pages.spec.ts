import type { OperationId } from '../../../lib/api/operations';
import { placeOf, type Route, taken } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { buildProgram } from '../../../lib/cli/commands';

const NOON = '2026-11-29T12:00:00.000Z';
const DIGEST = 'a'.repeat(16);
const JOB = 'j1';

/** A command that prints a list, and an item of it under a name. */
interface List {
  readonly words: readonly string[];
  /** The member of an answer, and of what is printed, that has the items. */
  readonly member: string;
  readonly item: (name: string) => object;
  /** What an answer has beside them. */
  readonly beside?: object;
  /** Whether the command prints a page, and leaves it to people to ask for the next one. */
  readonly byPage?: true;
}

const LISTS: Partial<Record<OperationId, List>> = {
  listJobs: {
    ...{ words: ['list'], member: 'jobs', byPage: true },
    item: (job_id) => ({
      ...{ job_id, name: 'g', status: 'running', owner: 'ana', priority: 'normal', submitted_at: NOON },
    }),
  },
  listLetters: {
    ...{ words: ['dlq', 'list'], member: 'groups', byPage: true },
    item: (group) => ({
      ...{ group, kind: 'node', signature: 's', owner: 'ana', status: 'open', open: 1, letters: 1 },
      ...{ last_parked_at: NOON, said: 'x' },
    }),
  },
  listQueues: {
    ...{ words: ['queue', 'list'], member: 'queues' },
    item: (pool) => ({ pool, status: 'open', waiting: 0, running: 0, limits: { max_running_jobs: 1 } }),
  },
  listQuarantines: {
    ...{ words: ['quarantine', 'list'], member: 'quarantines' },
    item: (name) => ({
      ...{ id: DIGEST, of: 'test', name, owner: 'o', reason: 'r', by: 'ana' },
      ...{ created_at: NOON, expires_at: NOON, expired: false },
    }),
  },
  listTriggers: {
    ...{ words: ['trigger', 'list'], member: 'triggers' },
    item: (name) => ({ name, status: 'active', on: { event: { source: ['git'] } } }),
  },
  listDependencies: {
    ...{ words: ['dependency', 'list'], member: 'dependencies' },
    item: (name) => ({ name, state: 'closed', forced: false }),
  },
  listTargets: {
    ...{ words: ['notify', 'list'], member: 'targets' },
    item: (name) => ({ name, type: 'webhook', breaker: 'closed', waiting: 0, held: 0, parked: 0, alerts: 0 }),
  },
  listWorkers: {
    ...{ words: ['workers', 'list'], member: 'workers' },
    item: (worker_id) => ({
      ...{ worker_id, pool: 'default', status: 'active', labels: [], slots: 1, free_slots: 1 },
      health: { attempts: { own: { bad: 0, of: 0 }, peers: { bad: 0, of: 0 }, failed: 0, slow: 0 } },
    }),
  },
  listPredictions: {
    ...{ words: ['predictions'], member: 'predictions' },
    item: (name) => ({ of: 'worker', id: name, name, why: 'y' }),
  },
  getJobRetries: {
    ...{ words: ['retries', JOB], member: 'nodes' },
    beside: {
      ...{ job_id: JOB, classes: [] },
      totals: { nodes: 2, retries: 2, mended: 2, given_up: 0, waited_seconds: 2, spent_seconds: 3 },
    },
    item: (node_id) => ({
      ...{ node_id, outcome: 'succeeded', attempts: 2, failed: 1, lost: 0, retries: 1 },
      ...{ waited_seconds: 1, spent_seconds: 1.5, classes: ['network'], strategies: ['again'] },
    }),
  },
  getJobRecoveries: {
    ...{ words: ['recoveries', JOB], member: 'recoveries' },
    beside: { job_id: JOB, totals: { open: 0, completed: 2, failed: 0, cancelled: 0 } },
    item: (recovery_id) => ({
      ...{ recovery_id, cause: 'workerLost', strategy: 'reassign', status: 'completed', why: 'w' },
      ...{ times: 1, started_at: NOON },
    }),
  },
  getConfigHistory: {
    ...{ words: ['config', 'history'], member: 'changes' },
    item: (by) => ({ version: 1, at: NOON, by, origin: 'set', changes: [] }),
  },
  getAudit: {
    ...{ words: ['audit', 'list'], member: 'records' },
    item: (principal) => ({
      ...{ at: NOON, principal, source: '', action: 'POST /jobs', outcome: 'accepted', status: 202 },
      ...{ request_id: 'r', trace_id: 't', stream: 'audit/2026-11-29', seq: 1 },
    }),
  },
};

/** Runs a command against an engine that answers so. @returns what it printed */
async function printed(words: readonly string[], answer: (url: URL) => object): Promise<string> {
  const program = await buildProgram(words[0]!);
  const fake = async (url: unknown) => new Response(JSON.stringify(answer(new URL(String(url)))));
  const fetching = jest.spyOn(globalThis, 'fetch').mockImplementation(fake as typeof fetch);
  const writing = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await program.parseAsync([...words, '--api', 'http://api', '--token', 't'], { from: 'user' });
    return writing.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    writing.mockRestore();
    fetching.mockRestore();
  }
}

const paged = Object.entries<Route>(ROUTES).filter(
  ([, { query }]) => 'cursor' in (taken(query)?.shape ?? {}),
);
const all = paged.map(([id]) => id as OperationId);

/** A list of two pages, the second behind the cursor of the first. */
const twoPages = (id: OperationId) => (url: URL) => {
  const { member, item, beside } = LISTS[id]!;
  expect(url.pathname).toBe(placeOf(ROUTES[id].name).path.replace('{jobId}', JOB));
  const cursor = url.searchParams.get('cursor');
  if (cursor === null) return { ...beside, [member]: [item('first')], next_cursor: 'behind' };
  expect(cursor).toBe('behind');
  return { ...beside, [member]: [item('second')] };
};

describe('a list of the API', () => {
  it('is printed by a command', () => {
    expect(Object.keys(LISTS).sort()).toEqual([...all].sort());
  });

  it.each(all.filter((id) => !LISTS[id]?.byPage))('%s: is printed with all of its pages', async (id) => {
    const { words, member, item, beside } = LISTS[id]!;
    const text = await printed([...words, '--json'], twoPages(id));
    expect(JSON.parse(text)).toEqual({ ...beside, [member]: [item('first'), item('second')] });
  });

  it.each(all.filter((id) => LISTS[id]?.byPage))(
    '%s: is printed by the page, and says how to go on',
    async (id) => {
      const { words, member, item } = LISTS[id]!;
      const document = await printed([...words, '--json'], twoPages(id));
      expect(JSON.parse(document)).toEqual({ [member]: [item('first')], next_cursor: 'behind' });
      expect(await printed(words, twoPages(id))).toContain('more: --cursor behind');
      const next = await printed([...words, '--cursor', 'behind', '--json'], twoPages(id));
      expect(JSON.parse(next)).toEqual({ [member]: [item('second')] });
    },
  );
});

describe('a group of letters', () => {
  it('is printed with all of its letters', async () => {
    const letter = (letter_id: string) => ({
      ...{ letter_id, kind: 'node', status: 'open', first_parked_at: NOON, parked_at: NOON },
      ...{ why: 'w', redriven: 0 },
    });
    const { letters: _count, ...group } = LISTS.listLetters!.item('g') as { letters: number };
    const pageOf = (url: URL) =>
      url.searchParams.get('letters_from') === null
        ? { ...group, notes: [], letters: [letter('l1')], next_letters: 'l2' }
        : { ...group, notes: [], letters: [letter('l2')] };
    const text = await printed(['dlq', 'show', 'g', '--json'], pageOf);
    expect(JSON.parse(text)).toEqual({ ...group, notes: [], letters: [letter('l1'), letter('l2')] });
  });
});
