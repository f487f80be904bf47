import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Call, type Server, succeed } from './api-load';

/** What is measured of one operation. */
export type Plan = Readonly<Record<string, (nth: number) => Omit<Call, 'method'>>>;

export const GRAPH = { name: 'load', nodes: [{ id: 'only', run: ':' }] };

/** Beside what is measured, a receiver of notifications that nobody can reach. */
export const NOTIFICATIONS = `
targets:
  nobody: { type: webhook, url: 'http://127.0.0.1:9/', secret: { env: HOOK_SECRET } }
rules:
  - { name: failures, events: [orchestration.execution.failed], targets: [nobody] }
`;

/** Why an operation of a daemon is not measured, or can only be refused. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  getChanges: 'an answer that does not end',
};

/** Dependencies of jobs: one that answers, and one that keeps its jobs waiting. */
const [CLOSED, OPEN] = ['staging', 'upgraded'] as const;
const OVER = ['succeeded', 'failed', 'cancelled'];

const failing = (nth: number) => ({
  name: 'failing',
  nodes: [
    { id: 'made', run: ':', compensate: ':', dependencies: [CLOSED] },
    {
      id: 'fails',
      needs: ['made'],
      run: `echo "${wordOf(nth)} is broken" >&2; exit 1`,
      retry: { maxAttempts: 1 },
    },
  ],
});

const waiting = {
  name: 'waiting',
  nodes: [{ id: 'only', run: ':', dependencies: [OPEN] }],
};

/** Words of letters alone: numbers are no part of a signature. */
const wordOf = (nth: number): string => `part-${String.fromCharCode(97 + (nth % 26))}${'z'.repeat(nth / 26)}`;

/** Fills an engine so that every operation has something that it can be done to, `subjects` times where that goes once. */
export async function createWorld(server: Server, subjects: number) {
  const [done] = await submitAll(server, () => GRAPH, 1);
  const failed = await submitAll(server, failing, subjects);
  await allOver(server, [done as string, ...failed]);
  await succeed(server, {
    ...{ method: 'POST', path: `/dependencies/${CLOSED}/reset`, body: { reason: 'to begin with' } },
  });
  const { groups } = await lettersOf(server, subjects);
  return { server, subjects, done: done as string, failed, groups };
}

type World = Awaited<ReturnType<typeof createWorld>>;

async function submitAll(server: Server, graphOf: (nth: number) => object, count: number): Promise<string[]> {
  const jobs: string[] = [];
  for (let nth = 0; nth < count; nth++) {
    const body = { execution_graph: graphOf(nth) };
    jobs.push((await succeed(server, { method: 'POST', path: '/jobs', body })).job_id);
  }
  return jobs;
}

export async function allOver(server: Server, jobs: readonly string[]): Promise<void> {
  for (const jobId of jobs) {
    while (!OVER.includes((await succeed(server, { method: 'GET', path: `/jobs/${jobId}` })).status))
      await sleep(100);
  }
}

/** A letter of each failure; they are written after the end of their jobs. */
async function lettersOf(server: Server, count: number) {
  const groups: { group: string; signature: string }[] = [];
  for (let cursor = ''; groups.length < count; ) {
    const path = `/letters?limit=100${cursor && `&cursor=${cursor}`}`;
    const page = await succeed(server, { method: 'GET', path });
    groups.push(...page.groups);
    cursor = page.next_cursor ?? '';
    if (groups.length >= count) break;
    if (cursor !== '') continue;
    groups.splice(0);
    await sleep(200);
  }
  return { groups };
}

/** Jobs that wait for as long as somebody wants something of them. */
async function submitWaiting({ server, subjects }: World): Promise<string[]> {
  await submitAll(server, () => waiting, 1);
  const body = { state: 'open', reason: 'it is being upgraded' };
  const path = `/dependencies/${OPEN}/force`;
  // The engine knows a dependency once a job that needs it has begun.
  while ((await ask(server, { method: 'POST', path, body })).status >= 300) await sleep(100);
  return submitAll(server, () => waiting, subjects);
}

/** What only looks, and what can be done again and again. */
export function lookingPlan({ done, failed, groups }: World): Plan {
  const [{ group, signature }] = groups as [World['groups'][number]];
  const attempt = `/jobs/${done}/nodes/only/attempts/1`;
  const at = (path: string, body?: unknown) => () => (body === undefined ? { path } : { path, body });
  const each = (ids: readonly string[], path: (id: string) => string, body: unknown) => (nth: number) => ({
    ...{ path: path(ids[nth % ids.length] as string), body },
  });
  const reason = 'to be measured';
  return {
    submitJob: at('/jobs', { execution_graph: GRAPH }),
    listJobs: at('/jobs'),
    getJob: at(`/jobs/${done}`),
    getJobEvents: at(`/jobs/${done}/events`),
    getJobGraph: at(`/jobs/${done}/graph`),
    getJobRetries: at(`/jobs/${done}/retries`),
    getJobRecoveries: at(`/jobs/${done}/recoveries`),
    getJobJUnit: at(`/jobs/${done}/report/junit`),
    getJobCtrf: at(`/jobs/${done}/report/ctrf`),
    explainNode: at(`/jobs/${done}/nodes/only/explanation`),
    getAttemptLog: at(`${attempt}/log`),
    resumeJob: each(failed, (id) => `/jobs/${id}/resume`, { dry_run: true }),
    listQueues: at('/queues'),
    getQueue: at('/queues/default'),
    changeQueue: at('/queues/default', { max_running_jobs: 500 }),
    listWorkers: at('/workers'),
    getFlakes: at('/history/flakes'),
    getEffectiveness: at('/history/effectiveness'),
    getSignature: at(`/history/signatures/${signature}`),
    listQuarantines: at('/quarantines'),
    listTriggers: at('/triggers'),
    listDependencies: at('/dependencies'),
    getDependency: at(`/dependencies/${CLOSED}`),
    forceDependency: at(`/dependencies/${CLOSED}/force`, { state: 'closed', reason }),
    resetDependency: at(`/dependencies/${CLOSED}/reset`, { reason }),
    listTargets: at('/notifications'),
    getTarget: at('/notifications/nobody'),
    testTarget: at('/notifications/nobody/test'),
    // An alert is open once a recovery has failed, which no call brings about: it is refused.
    acknowledgeAlert: at('/notifications/nobody/acknowledge', { alert: 'recovery/none' }),
    redriveTarget: at('/notifications/nobody/redrive', {}),
    listLetters: at('/letters'),
    getLetters: at(`/letters/${group}`),
    startCleanup: at('/cleanup', { dry_run: true }),
    getCleanup: at('/cleanup'),
    getConfig: at('/config'),
    putConfig: (nth) => ({
      ...{ path: '/config', body: { set: { 'retries.explore': (nth % 10) / 100 }, reason } },
      headers: { 'if-match': '*' },
    }),
    getConfigHistory: at('/config/history'),
    listPredictions: at('/health/predictions'),
    getStreamEvents: at(`/streams/job/${done}/events`),
    getTrace: at(`/trace/${done}`),
    getBottlenecks: at('/health/bottlenecks'),
    getCapacity: at('/capacity/capacity'),
    getUsage: at('/capacity/usage'),
    whatIf: at('/capacity/what-if', {
      scenarios: [{ name: 'ten more', fleet: [{ labels: ['linux'], slots: 4, count: 20 }] }],
    }),
    getHealth: at('/health'),
    getLiveness: at('/health/live'),
    getReadiness: at('/health/ready'),
    signIn: at('/sign-in'),
    describeError: at('/errors/JOB_NOT_FOUND'),
    getAudit: at('/audit'),
    putEvent: at('/events', { source: 'deployments', 'detail-type': 'deployed', detail: { staging: true } }),
  };
}

/** What goes once, or a few times, for each subject: so that it comes after what only looks. In this order. */
export async function changingPlan(world: World): Promise<Plan> {
  const { failed, groups } = world;
  const held = await submitWaiting(world);
  const letters = groups.map(({ group }) => group);
  const reason = 'to be measured';
  const of =
    (ids: readonly string[], path: (id: string) => string, body?: unknown) =>
    (nth: number): Omit<Call, 'method'> => {
      const at = { path: path(ids[nth % ids.length] as string) };
      return body === undefined ? at : { ...at, body };
    };
  const triggers = Array.from({ length: world.subjects }, (_, i) => `trigger-${i}`);
  const quarantines = Array.from({ length: world.subjects }, (_, i) => i.toString(16).padStart(16, '0'));
  const expires = new Date(Date.now() + 7 * 24 * 3_600_000).toISOString();
  return {
    putTrigger: of(triggers, (name) => `/triggers/${name}`, {
      on: { schedule: { cron: '0 3 1 1 *' } },
      job: { execution_graph: GRAPH },
    }),
    getTrigger: of(triggers, (name) => `/triggers/${name}`),
    getTriggerEvents: of(triggers, (name) => `/triggers/${name}/events`),
    fireTrigger: of(triggers, (name) => `/triggers/${name}/fire`),
    pauseTrigger: of(triggers, (name) => `/triggers/${name}/pause`, { reason }),
    unpauseTrigger: of(triggers, (name) => `/triggers/${name}/unpause`, { reason }),
    deleteTrigger: of(triggers, (name) => `/triggers/${name}`),
    putQuarantine: (nth) => ({
      path: `/quarantines/${quarantines[nth % quarantines.length]}`,
      body: { of: 'test', name: `checkout > pays ${nth}`, owner: 'payments', reason, expires_at: expires },
    }),
    getQuarantine: of(quarantines, (id) => `/quarantines/${id}`),
    deleteQuarantine: of(quarantines, (id) => `/quarantines/${id}`),
    setJobPriority: of(held, (id) => `/jobs/${id}/priority`, { priority: 'high' }),
    shareJob: of(held, (id) => `/jobs/${id}/share`, { user: 'ben' }),
    unshareJob: of(held, (id) => `/jobs/${id}/unshare`, { user: 'ben' }),
    pauseJob: of(held, (id) => `/jobs/${id}/pause`, { reason }),
    unpauseJob: of(held, (id) => `/jobs/${id}/unpause`, { reason }),
    cancelJob: of(held, (id) => `/jobs/${id}/cancel`, { reason }),
    retryJob: of(failed, (id) => `/jobs/${id}/retry`, { nodes: ['fails'], reason }),
    assignLetters: of(letters, (id) => `/letters/${id}/assign`, { to: 'ana' }),
    noteLetters: of(letters, (id) => `/letters/${id}/notes`, { text: 'Seen since the upgrade.' }),
    redriveLetters: of(letters, (id) => `/letters/${id}/redrive`, { mode: 'canary', reason }),
    stopRedrive: of(letters, (id) => `/letters/${id}/redrive/stop`, { reason }),
    resolveLetters: of(letters, (id) => `/letters/${id}/resolve`, { how: 'skip', reason }),
    reclassifyAttempt: of(failed, (id) => `/jobs/${id}/nodes/fails/attempts/1/class`, {
      ...{ class: 'network', reason },
    }),
    rollbackJob: of(failed, (id) => `/jobs/${id}/rollback`, { reason }),
  };
}
