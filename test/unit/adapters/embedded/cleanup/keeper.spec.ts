import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { withArchivedDays } from '../../../../../lib/adapters/embedded/cleanup/archived-days';
import { cleanDirectory, surveyDirectory } from '../../../../../lib/adapters/embedded/cleanup/clean';
import { createFileStorekeeper } from '../../../../../lib/adapters/embedded/cleanup/keeper';
import { surveyOf } from '../../../../../lib/adapters/embedded/cleanup/survey';
import { anchorDirectory, readAnchors } from '../../../../../lib/adapters/embedded/disk/anchors';
import { verifyDirectory } from '../../../../../lib/adapters/embedded/disk/directory-check';
import { verifyExport } from '../../../../../lib/adapters/embedded/disk/export-check';
import { createFileGraphStore } from '../../../../../lib/adapters/embedded/disk/graph-store';
import { createFileJournalStore } from '../../../../../lib/adapters/embedded/disk/journal-store';
import { type Layout, layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { lockJob } from '../../../../../lib/adapters/embedded/disk/lock';
import { auditEntries } from '../../../../../lib/core/audit/list';
import { planCleanup } from '../../../../../lib/core/cleanup/plan';
import { graphHash } from '../../../../../lib/core/dag/hash';
import { type DomainEvent, EMPTY_HEAD, record } from '../../../../../lib/core/journal/envelope';
import type { Leftover } from '../../../../../lib/core/ports/cleanup';
import { temporaryDir } from '../../../../support/e2e-files';
import { graph, node } from '../../../../support/job-driver';
import { GROUP, letterIdAt, letterOf } from '../../../../support/letter-driver';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 30);
const retention = { jobDays: 30, auditDays: 35, keepJobs: 0 };
const log = { error: () => undefined };
const shop = graph([node('a')]);
const HASH = graphHash(shop);

const submitted = { type: 'job.submitted', data: { graphHash: HASH } };
const ended = { type: 'job.completed', data: { status: 'failed' } };
const resumed = { type: 'job.resumed', data: {} };

async function world() {
  const layout = layoutOf(temporaryDir());
  await createFileGraphStore(layout.graphs).put(HASH, shop);
  age(join(layout.graphs, `${HASH}.json`), 40);
  return layout;
}

function age(path: string, days: number): void {
  const at = new Date(NOW - days * DAY_MS);
  utimesSync(path, at, at);
}

/** A stream of these events, whose journal was last written so many days ago. */
async function stream(
  layout: Layout,
  name: string,
  events: readonly DomainEvent[],
  days = 40,
): Promise<void> {
  const journal = createFileJournalStore(layout);
  const cause = { at: NOW - days * DAY_MS, causeId: 'c', correlationId: name, traceId: 't' };
  const actor = { kind: 'user', id: 'ana' } as const;
  await journal.append(name, EMPTY_HEAD, record(name, EMPTY_HEAD, events, { ...cause, actor }));
  await journal.close();
  age(layout.stream(name).journal, days);
}

const clean = (layout: Layout, hasTime = () => true) =>
  cleanDirectory({ ...{ layout, retention, log, hasTime }, run: 'r', by: 'ana', clock: () => NOW });

const ids = (some: readonly { kind: string; id: string }[]) => some.map(({ kind, id }) => `${kind} ${id}`);

/** Everything in a directory by its path, with what is in it. */
function contents(dir: string, at = ''): Record<string, string> {
  const all = readdirSync(join(dir, at), { withFileTypes: true }).map((entry) => {
    const path = join(at, entry.name);
    if (entry.isDirectory()) return { [`${path}/`]: '', ...contents(dir, path) };
    return { [path]: entry.isSymbolicLink() ? 'a link' : readFileSync(join(dir, path), 'utf8') };
  });
  return Object.assign({}, ...all) as Record<string, string>;
}

describe('what is left over in a journal directory', () => {
  it('is removed: an old job once it is archived, with its graph, which nothing else needs', async () => {
    const layout = await world();
    await stream(layout, 'job/old', [submitted, ended]);
    const { removed, failed } = await clean(layout);
    expect([ids(removed), failed]).toEqual([['job old', `graph ${HASH}`], 0]);
    expect(existsSync(layout.job('old'))).toBe(false);
    expect(readdirSync(layout.graphs)).toEqual([]);
    // The day of its last event.
    const archive = join(layout.archive, 'job/2026-05-21/old.jsonl.gz');
    expect(await verifyExport(archive)).toMatchObject({ valid: true, events: 2 });
    expect(existsSync(join(layout.archive, 'graphs', `${HASH}.json.gz`))).toBe(true);
    const said = readFileSync(layout.stream('cleanup/2026-06').journal, 'utf8').trim().split('\n');
    const events = said.map((line) => JSON.parse(line) as { type: string; data: Record<string, unknown> });
    expect(events.map(({ type }) => type)).toEqual(
      ['started', 'removing', 'archived', 'completed'].map((what) => `cleanup.${what}`),
    );
    expect(events[2]?.data).toMatchObject({
      id: 'old',
      archive: 'archive/job/2026-05-21/old.jsonl.gz',
      events: 2,
    });
  });

  it('is removed: a day of the audit trail once it is archived, which verifies with the anchors and is listed all the same', async () => {
    const layout = await world();
    const asked = (action: string) => ({
      type: 'command.recorded',
      data: { principal: 'ana', source: 'local', action, outcome: 'accepted', status: 0 },
    });
    // It is over 39 days ago, whenever its file was written.
    await stream(layout, 'audit/2026-05-21', [asked('reprise run'), asked('reprise retry')], 40);
    await stream(layout, 'audit/2026-05-27', [asked('reprise run')], 34);
    const anchor = await anchorDirectory(layout, NOW);
    expect(anchor?.heads.map(({ stream: name }) => name)).toContain('audit/2026-05-21');
    expect(ids((await surveyDirectory(layout, () => NOW, retention)).removed)).toContain(
      'auditDay 2026-05-21',
    );

    const { removed, kept, failed } = await clean(layout);
    expect([ids(removed), failed]).toEqual([['auditDay 2026-05-21', `graph ${HASH}`], 0]);
    expect(kept).toContainEqual({ kind: 'auditDay', id: '2026-05-27', why: 'it is not 35 days old' });
    const anchors = await readAnchors(layout.anchors);
    const archive = join(layout.archive, 'audit/2026-05-21/2026-05-21.jsonl.gz');
    expect(await verifyExport(archive, { anchors })).toMatchObject({
      ...{ valid: true, events: 2, anchored: { seq: 2, anchor: 1 } },
    });
    const verdicts = [];
    for await (const verdict of verifyDirectory(layout, anchors)) verdicts.push(verdict);
    expect(verdicts).toContainEqual(
      expect.objectContaining({ stream: 'audit/2026-05-21', kept: 'archive', valid: true }),
    );
    const actions = [];
    const source = { journal: withArchivedDays(createFileJournalStore(layout), layout), shards: 1 };
    for await (const { action } of auditEntries(source, { from: NOW - 45 * DAY_MS, to: NOW }))
      actions.push(action);
    expect(actions).toEqual(['reprise run', 'reprise retry', 'reprise run']);
  });

  it('is not a day of the audit trail that somebody changed, or where nothing says when it goes', async () => {
    const layout = await world();
    await stream(layout, 'audit/2026-05-21', [{ type: 'command.recorded', data: { principal: 'ana' } }]);
    const forever = planCleanup(await surveyOf(layout), { jobDays: 1, keepJobs: 0 }, NOW);
    expect(forever.kept).toContainEqual({
      ...{ kind: 'auditDay', id: '2026-05-21', why: 'nothing says when it goes' },
    });
    const { journal } = layout.stream('audit/2026-05-21');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('ana', 'eve'));
    const { stayed } = await clean(layout);
    expect(stayed).toMatchObject([
      { id: '2026-05-21', failed: true, reason: expect.stringContaining('event 1') },
    ]);
    expect(existsSync(journal)).toBe(true);
  });

  it('is not what is in use: jobs that go on, are new, are held, or whose trigger has not heard of them', async () => {
    const layout = await world();
    await stream(layout, 'job/running', [submitted]);
    await stream(layout, 'job/resumed', [submitted, ended, resumed]);
    await stream(layout, 'job/new', [submitted, ended], 29);
    await stream(layout, 'job/held', [submitted, ended]);
    await stream(layout, 'job/served', [submitted, ended]);
    const record = { cwd: '/', source: 'g', slots: 1, suites: {}, env: [], served: 'open' };
    writeFileSync(layout.run('served'), JSON.stringify(record));
    await stream(layout, 'job/fired', [submitted, ended]);
    await stream(layout, 'job/heard', [submitted, ended]);
    const of = (type: string, jobId: string) => ({ type: `trigger.${type}`, data: { jobId } });
    await stream(layout, 'trigger/t', [of('fired', 'fired'), of('fired', 'heard'), of('jobEnded', 'heard')]);
    // Another process that lives: that of the test runner's parent.
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    writeFileSync(join(layout.job('held'), `owner-${process.ppid}-${startedAt}.lock`), '');
    const { removed, kept } = await clean(layout);
    expect(ids(removed)).toEqual(['job heard']);
    expect(Object.fromEntries(kept.map(({ id, why }) => [id, why]))).toEqual({
      ...{ running: 'it is not over', resumed: 'it is not over', new: 'it is not 30 days old' },
      ...{ held: `process ${process.ppid} runs it`, served: 'the next daemon goes on with it' },
      ...{ fired: 'its trigger has not heard of its end', [HASH]: 'something that stays needs it' },
    });
  });

  it('is not a job with a letter that is not resolved, nor its graph', async () => {
    const layout = await world();
    for (const jobId of ['parked', 'mended']) await stream(layout, `job/${jobId}`, [submitted, ended]);
    const parked = ['parked', 'mended'].map((jobId) => ({
      type: 'letter.parked',
      data: { letter: letterOf('a', { jobId }), seq: 1 },
    }));
    const resolved = {
      type: 'letter.resolved',
      data: { letters: [letterIdAt('a', 'mended')], how: 'retried', seq: 2 },
    };
    await stream(layout, `letter/${GROUP}`, [...parked, resolved]);
    const { removed, kept } = await clean(layout);
    expect(ids(removed)).toEqual(['job mended']);
    expect(kept).toMatchObject([
      { id: 'parked', why: 'a letter of it is not resolved' },
      { id: HASH, why: 'something that stays needs it' },
    ]);
  });

  it('is told from what is not ours, and links are followed nowhere', async () => {
    const layout = await world();
    const elsewhere = temporaryDir();
    writeFileSync(join(elsewhere, 'precious'), 'x');
    age(join(elsewhere, 'precious'), 400);
    await stream(layout, 'job/old', [submitted, ended]);
    symlinkSync(elsewhere, join(layout.job('old'), 'attempts'));
    symlinkSync(elsewhere, join(layout.jobs, 'linked'));
    mkdirSync(join(layout.jobs, 'stranger'));
    writeFileSync(join(layout.graphs, 'notes.txt'), 'mine');
    for (const path of [join(layout.jobs, 'stranger'), join(layout.graphs, 'notes.txt')]) age(path, 400);
    const { removed, foreign } = await clean(layout);
    expect(ids(removed)).toEqual(['job old', `graph ${HASH}`]);
    expect(foreign).toEqual(['jobs/linked', 'jobs/stranger', 'graphs/notes.txt']);
    expect(readFileSync(join(elsewhere, 'precious'), 'utf8')).toBe('x');
  });

  it('is looked for in no directory that a link stands for', async () => {
    const layout = await world();
    const other = await world();
    await stream(other, 'job/old', [submitted, ended]);
    symlinkSync(other.jobs, layout.jobs);
    expect(ids((await clean(layout)).removed)).toEqual([`graph ${HASH}`]);
    expect(existsSync(other.journal('old'))).toBe(true);
  });

  it('is also what dead processes left: locks, drafts, jobs that were never submitted, workspaces of agents', async () => {
    const layout = await world();
    await stream(layout, 'trigger/t', [{ type: 'trigger.deleted', data: {} }]);
    mkdirSync(layout.job('never'), { recursive: true });
    const workspace = (job: string) => join(layout.agents, 'w1/jobs', job, 'attempts');
    for (const job of ['done', 'open']) mkdirSync(workspace(job), { recursive: true });
    mkdirSync(join(layout.agents, 'w1/open'));
    const files = {
      lock: join(layout.triggers, 't', 'owner-999999999-1.lock'),
      draft: join(layout.graphs, `${HASH}.json.12-1.tmp`),
      run: layout.run('never'),
      log: join(workspace('done'), 'a.1.out'),
      openLog: join(workspace('open'), 'a.1.out'),
      openAttempt: join(layout.agents, 'w1/open', 'open.a.1.json'),
    };
    for (const path of Object.values(files)) writeFileSync(path, 'x');
    for (const path of Object.values(files)) for (const each of [path, dirname(path)]) age(each, 40);
    for (const job of ['done', 'open']) age(dirname(workspace(job)), 40);
    const { removed, kept } = await clean(layout);
    expect(ids(removed)).toEqual([
      'unsubmittedJob never',
      'workspace agent/w1/jobs/done',
      'lock triggers/t/owner-999999999-1.lock',
      `draft graphs/${HASH}.json.12-1.tmp`,
      `graph ${HASH}`,
    ]);
    expect(kept).toEqual([
      {
        kind: 'workspace',
        id: 'agent/w1/jobs/open',
        why: 'the engine has not taken the end of an attempt yet',
      },
    ]);
    expect(existsSync(workspace('open'))).toBe(true);
  });

  it('changes nothing when it is only looked at', async () => {
    const layout = await world();
    await stream(layout, 'job/old', [submitted, ended]);
    const before = contents(layout.root);
    const { removed } = await surveyDirectory(layout, () => NOW, retention);
    expect(ids(removed)).toEqual(['job old', `graph ${HASH}`]);
    expect(contents(layout.root)).toEqual(before);
  });
});

describe('a job that is to be removed', () => {
  const old: Leftover = { kind: 'job', id: 'old', idleSince: NOW - 40 * DAY_MS, graphs: [HASH] };
  const keeperOf = (layout: Layout) => createFileStorekeeper({ layout, clock: () => NOW });
  const unheard = async () => undefined;

  it('loses nothing by a crash between archive and removal, and a repeat goes on', async () => {
    const layout = await world();
    await stream(layout, 'job/old', [submitted, ended]);
    const before = contents(layout.job('old'));
    const dies = async () => Promise.reject(new Error('killed'));
    await expect(keeperOf(layout).remove(old, dies)).rejects.toThrow('killed');
    expect(contents(layout.job('old'))).toEqual(before);
    const archive = join(layout.archive, 'job/2026-05-21/old.jsonl.gz');
    const first = readFileSync(archive);
    const heard = jest.fn(unheard);
    expect(await keeperOf(layout).remove(old, heard)).toBeUndefined();
    expect(existsSync(layout.job('old'))).toBe(false);
    // The archive is the one that was there.
    expect(readFileSync(archive)).toEqual(first);
    expect(heard).toHaveBeenCalledWith(
      expect.objectContaining({ archive: 'archive/job/2026-05-21/old.jsonl.gz' }),
    );
    expect(await keeperOf(layout).remove(old, unheard)).toBeUndefined();
  });

  it('whose removal was interrupted is gone for everybody, and the next cleanup does away with the rest', async () => {
    const layout = await world();
    mkdirSync(join(layout.trash, 'job.old/attempts'), { recursive: true });
    expect(ids((await clean(layout)).removed)).toContain('halfRemoved job.old');
    expect(readdirSync(layout.trash)).toEqual([]);
  });

  it('is archived anew where an archive was cut short', async () => {
    const layout = await world();
    await stream(layout, 'job/old', [submitted, ended]);
    const archive = join(layout.archive, 'job/2026-05-21/old.jsonl.gz');
    const dies = async () => Promise.reject(new Error('killed'));
    await keeperOf(layout)
      .remove(old, dies)
      .catch(() => undefined);
    writeFileSync(archive, readFileSync(archive).subarray(0, -20));
    expect(await verifyExport(archive)).toMatchObject({ valid: false });
    await keeperOf(layout).remove(old, unheard);
    expect(await verifyExport(archive)).toMatchObject({ valid: true, events: 2 });
  });

  it('gets an archive of its own where another job had its id', async () => {
    const layout = await world();
    for (const data of [{ status: 'failed' }, { status: 'cancelled' }]) {
      await stream(layout, 'job/old', [submitted, { type: 'job.completed', data }]);
      await keeperOf(layout).remove(old, unheard);
    }
    const names = readdirSync(join(layout.archive, 'job/2026-05-21'));
    expect(names).toHaveLength(2);
    for (const name of names)
      expect(await verifyExport(join(layout.archive, 'job/2026-05-21', name))).toMatchObject({ valid: true });
  });

  it('stays where its journal does not verify, as it is, and is reported while the rest goes on', async () => {
    const layout = await world();
    await stream(layout, 'job/bad', [submitted, ended]);
    await stream(layout, 'job/good', [submitted, ended]);
    const path = layout.journal('bad');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"failed"', '"cancelled"'));
    age(path, 40);
    const before = contents(layout.job('bad'));
    const { removed, stayed, failed } = await clean(layout);
    expect(ids(removed)).toEqual(['job good']);
    expect(stayed).toEqual([
      { kind: 'job', id: 'bad', failed: true, reason: expect.stringContaining('does not verify at event 2') },
      // It still needs its graph.
      { kind: 'graph', id: HASH, failed: false, reason: expect.stringContaining('needs it') },
    ]);
    expect(failed).toBe(1);
    expect(contents(layout.job('bad'))).toEqual(before);
  });

  it('stays where somebody takes it, or goes on with it, after it was looked at', async () => {
    const layout = await world();
    await stream(layout, 'job/old', [submitted, ended]);
    const lock = await lockJob(layout.job('old'), 'old');
    expect(await keeperOf(layout).remove(old, unheard)).toContain(`process ${process.pid}`);
    lock.release();
    age(layout.journal('old'), 2);
    expect(await keeperOf(layout).remove(old, unheard)).toContain('gone on');
    expect(existsSync(layout.journal('old'))).toBe(true);
    expect(existsSync(layout.archive)).toBe(false);
  });

  it('is signed for by one key of the directory, which nobody else can read', async () => {
    const layout = await world();
    const signers = new Set<string>();
    for (const id of ['a', 'b']) {
      await stream(layout, `job/${id}`, [submitted, ended]);
      await keeperOf(layout).remove({ ...old, id }, async ({ signedBy }) => void signers.add(signedBy));
    }
    expect(signers.size).toBe(1);
    const archive = join(layout.archive, 'job/2026-05-21/a.jsonl.gz');
    expect(await verifyExport(archive, { keys: [...signers] as string[] })).toMatchObject({ valid: true });
    expect(await verifyExport(archive, { keys: ['f'.repeat(64)] })).toMatchObject({ valid: false });
  });
});

describe('a graph that is to be removed', () => {
  const unneeded: Leftover = { kind: 'graph', id: HASH, idleSince: NOW - 40 * DAY_MS };

  it('stays where a job is submitted with it meanwhile', async () => {
    const layout = await world();
    const graphs = createFileGraphStore(layout.graphs);
    await graphs.put(HASH, shop);
    const keeper = createFileStorekeeper({ layout, clock: () => NOW });
    expect(await keeper.remove(unneeded, async () => undefined)).toContain('put again');
    expect(await graphs.get(HASH)).toEqual(shop);
  });

  it('goes back to its place where its removal was interrupted right after that', async () => {
    const layout = await world();
    mkdirSync(layout.trash);
    const aside = join(layout.trash, `graph.${HASH}`);
    writeFileSync(aside, readFileSync(join(layout.graphs, `${HASH}.json`)));
    age(aside, 0.5);
    const keeper = createFileStorekeeper({ layout, clock: () => NOW });
    const left = { kind: 'halfRemoved' as const, id: `graph.${HASH}`, idleSince: 0 };
    expect(await keeper.remove(left, async () => undefined)).toContain('put again');
    expect(await createFileGraphStore(layout.graphs).get(HASH)).toEqual(shop);
    age(join(layout.graphs, `${HASH}.json`), 40);
  });
});

describe('a cleanup of a journal directory', () => {
  it('goes on with the rest where something cannot be removed, and says what', async () => {
    const layout = await world();
    await stream(layout, 'job/old', [submitted, ended]);
    const draft = join(layout.graphs, `${HASH}.json.12-1.tmp`);
    writeFileSync(draft, 'x');
    age(draft, 3);
    // Where a directory should be.
    writeFileSync(layout.trash, 'x');
    const { removed, stayed, failed } = await clean(layout);
    expect(ids(removed)).toEqual([`draft graphs/${HASH}.json.12-1.tmp`]);
    expect(ids(stayed)).toEqual(['job old', `graph ${HASH}`]);
    expect(failed).toBe(1);
    expect(readFileSync(layout.journal('old'), 'utf8')).toContain('job.completed');
  });

  it('is one at a time', async () => {
    const layout = await world();
    const journal = createFileJournalStore(layout);
    await journal.ownStream('cleanup/2026-06');
    await expect(clean(layout)).rejects.toThrow(/cleanup 2026-06 is held by process/);
    await journal.close();
  });
});
