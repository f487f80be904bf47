import fc from 'fast-check';
import type { Graph } from '../../../lib/core/dag/graph';
import type { Assessment } from '../../../lib/core/job/input';
import { jobNodes, nodeAt } from '../../../lib/core/job/nodes';
import { JOB_TRANSITIONS, NODE_TRANSITIONS } from '../../../lib/core/job/phases';
import { STEP_TRANSITIONS } from '../../../lib/core/job/rollback-state';
import { freezeJob, thawJob } from '../../../lib/core/job/snapshot';
import { attemptsMade } from '../../../lib/core/job/state';
import type { JobMessage } from '../../../lib/core/messages/job';
import { type Diagnosis, FAILURE_CLASSES, type Failure } from '../../../lib/core/model/failure';
import type { Judgement } from '../../../lib/core/model/judgement';
import { isOver, WORKFLOW_ENDINGS } from '../../../lib/core/model/outcome';
import { PRIORITIES } from '../../../lib/core/model/priority';
import { LOSS_CAUSES } from '../../../lib/core/model/recovery';
import type { TestSummary } from '../../../lib/core/model/test-results';
import { seededRandom } from '../../support/graphs';
import { type Case, caseArbitrary, oracle, rollbackCaseArbitrary } from '../../support/job-cases';
import { graph, JobDriver, node, retrying } from '../../support/job-driver';
import { checkRollbacks } from '../../support/rollback-checks';

/** How often each row of the tables was taken by what follows. */
const taken = new Map<string, number>();

function driverOf({ graph, scripts, seed }: Case): JobDriver {
  const judge = (id: string): Judgement => {
    const script = scripts[Number(id.slice(1))];
    if (!script?.holds || script.items === undefined) return { holds: script?.holds ?? true };
    return { items: Array.from({ length: script.items }, (_, k) => `item ${k}`) };
  };
  return new JobDriver(graph, judge, seededRandom(seed), (row) => taken.set(row, (taken.get(row) ?? 0) + 1));
}

interface Noise {
  /** Chance that a message is sent again, now or later. */
  readonly duplicates: number;
  /** Called after each message. */
  readonly after?: (job: JobDriver, events: number) => void;
  /** Chance, before each step, of a message that has nothing to do with it. */
  readonly disturbances?: number;
}

/** Plays a case to its end: enters nodes and reports attempts in a random order. */
function play(c: Case, noise: Noise = { duplicates: 0 }): JobDriver {
  const job = driverOf(c);
  const random = seededRandom(c.seed + 1);
  const sent: (JobMessage & Assessment)[] = [];
  const toEnter = c.graph.nodes.map(({ id }) => id);
  const send = (message: JobMessage & Assessment) => {
    const events = job.send(message);
    sent.push(message);
    // The workflow of a job that goes on begins anew.
    for (const event of events)
      if (event.type === 'job.resumed') toEnter.push(...enterable(job, event.data.nodes));
      else if (event.type === 'job.replanned') {
        const { keeps } = event.data;
        const nodes = job.index.graph.nodes.map(({ id }) => id);
        toEnter.splice(0, toEnter.length, ...nodes.filter((id) => !keeps.includes(id)));
      }
    noise.after?.(job, events.length);
    while (random() < noise.duplicates) {
      const again = sent[Math.floor(random() * sent.length)] as (typeof sent)[number];
      expect(job.send(again)).toEqual([]);
    }
  };
  const disturb = () => {
    while (random() < (noise.disturbances ?? 0)) send(disturbance(c, job, random));
  };
  send({ type: 'submit', graphHash: 'hash', owner: 'ana', priority: 'normal', pool: 'default' });
  for (let i = 0; i < 3; i++) disturb();
  send({ type: 'admit' });
  const isDone = () => isOver(job.state.status) && toEnter.length === 0;
  for (let steps = 0; ; steps++) {
    if (steps > 2_000) throw new Error(`stuck: ${JSON.stringify(job.outcomes())}`);
    disturb();
    if (isDone()) disturb();
    if (isDone() && noise.disturbances && random() < 0.4) send({ type: 'rollback', reason: 'whatever' });
    if (isDone()) return job;
    job.now += 1 + Math.floor(random() * 50);
    const choices = stepsOf(c, job, toEnter);
    const choose = choices[Math.floor(random() * choices.length)];
    if (!choose) throw new Error(`nothing to do: ${JSON.stringify(job.outcomes())}`);
    send(choose());
  }
}

/** What the reports of an attempt say, of one in three that leave any: that its next attempt may run one test alone. */
function testsOf(n: number, title: string): { readonly tests?: TestSummary } {
  if (n % 3 === 0) return {};
  const counts = { passed: 1, failed: 1, skipped: 0, unfinished: 0, flaky: 0 };
  const problems = n % 3 === 1 ? [] : ['a file does not load'];
  return { tests: { counts, failed: [{ runner: 'jest', suites: [], title }], unlisted: 0, problems } };
}

function enterable({ index }: JobDriver, nodeIds: readonly string[]): string[] {
  return index.graph.nodes.map(({ id }) => id).filter((id) => nodeIds.includes(id));
}

/** What workflow, workers and timers can do now. */
function stepsOf(c: Case, job: JobDriver, toEnter: string[]): (() => JobMessage)[] {
  const choices: (() => JobMessage)[] = toEnter.map((nodeId) => () => {
    toEnter.splice(toEnter.indexOf(nodeId), 1);
    return { type: 'nodeEntered', nodeId };
  });
  for (const { id: nodeId, node } of jobNodes(job.index, job.state)) {
    const i = Number(nodeId.slice(1).split('-')[0]);
    const { phase, attempt, cancelRequested } = node;
    if (phase === 'ready') choices.push(() => ({ type: 'attemptStarted', nodeId, attempt, workerId: 'w' }));
    if (phase === 'backoff') choices.push(() => ({ type: 'timerDue', nodeId, attempt: attempt + 1 }));
    if (phase === 'running' || phase === 'ready') {
      const kind = cancelRequested ? 'cancelled' : 'exit';
      const fails = cancelRequested || attempt <= (c.scripts[i]?.failures ?? 0);
      choices.push(() =>
        fails
          ? {
              ...{ type: 'attemptFailed', nodeId, attempt, durationMs: 1, failure: { kind, message: 'x' } },
              ...testsOf(i + attempt, nodeId),
            }
          : { type: 'attemptSucceeded', nodeId, attempt, durationMs: 1, outputs: { from: nodeId } },
      );
    }
  }
  choices.push(...undoingOf(c, job));
  return choices;
}

/** What workers and timers can do now about what is being undone. */
function undoingOf(c: Case, job: JobDriver): (() => JobMessage)[] {
  return [...(job.state.rollback?.steps ?? [])].flatMap(([i, step]): (() => JobMessage)[] => {
    const { id: nodeId, node } = nodeAt(job.index, job.state, i);
    const { attempt, made, phase } = step;
    if (phase === 'backoff') return [() => ({ type: 'timerDue', nodeId, attempt: attempt + 1 })];
    if (phase !== 'ready' && phase !== 'running') return [];
    const isFailing = made <= (c.scripts[node.item?.parent ?? i]?.undo ?? 0);
    const failure: Failure = { kind: 'exit', message: 'x' };
    return [
      () => ({ type: 'attemptStarted', nodeId, attempt, workerId: 'w' }),
      () =>
        isFailing
          ? { type: 'attemptFailed', nodeId, attempt, durationMs: 1, failure }
          : { type: 'attemptSucceeded', nodeId, attempt, durationMs: 1, outputs: {} },
    ];
  });
}

const diagnosis: Diagnosis = {
  ...{ class: 'network', confidence: 1, signature: 'a'.repeat(16), by: 'rule', why: 'whatever' },
};

/** What may reach a job at any time: from workers that die or are late, from people, from its workflow. */
function disturbance(c: Case, job: JobDriver, random: () => number): JobMessage & Assessment {
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const nodes = jobNodes(job.index, job.state);
  const unlucky = nodes.filter(({ node }) => node.lost?.length);
  const { id: nodeId, node } = any(unlucky.length > 0 && random() < 0.5 ? unlucky : nodes);
  const late = node.lost?.length ? any(node.lost) : node.attempt;
  const here = { nodeId, attempt: any([late, node.attempt]) };
  const reason = 'whatever';
  const cancelled: Failure = { kind: 'cancelled', message: reason };
  const rollbackAsked = (): JobMessage => {
    // A live job would be cancelled.
    if (random() > (isOver(job.state.status) ? 0.6 : 0.2)) return { type: 'resume', reason };
    const to = Math.floor(random() * job.events.length);
    return random() < 0.5 ? { type: 'rollback', reason } : { type: 'rollback', reason, to };
  };
  return any<() => JobMessage & Assessment>([
    () => ({ type: 'attemptStarted', ...here, workerId: 'w' }),
    () => ({ type: 'attemptProgressed', ...here, percentage: Math.ceil(random() * 100) }),
    () => ({ type: 'attemptLost', ...here, reason }),
    () => ({ type: 'attemptLost', ...here, reason, cause: any(LOSS_CAUSES), workerId: any(['w', 'v']) }),
    () => ({ type: 'attemptFailed', ...here, durationMs: 1, failure: cancelled }),
    () => ({ type: 'attemptSucceeded', nodeId, attempt: late, durationMs: 1, outputs: {} }),
    () => ({ type: 'attemptFailed', nodeId, attempt: late, durationMs: 1, failure: cancelled }),
    () => ({ type: 'timerDue', nodeId, attempt: node.attempt + 1 }),
    () => ({ type: 'nodeEntered', nodeId, token: `token ${random()}` }),
    () => ({ type: 'outcomeAwaited', token: `token ${random()}` }),
    () => ({ type: 'workflowEnded', status: any(WORKFLOW_ENDINGS), reason, run: job.state.run ?? 1 }),
    () => ({ type: 'allEntered', token: `token ${random()}` }),
    () => ({
      type: 'reclassify',
      ...here,
      class: any(FAILURE_CLASSES),
      reason,
      by: 'ana',
      askedAt: job.now,
      diagnosis,
    }),
    () => ({ type: 'pause', reason }),
    () => ({ type: 'unpause', reason }),
    () => ({ type: 'reprioritise', priority: any(PRIORITIES) }),
    () => ({ type: job.state.sharedWith ? 'unshare' : 'share', user: 'ben' }),
    () => ({ type: 'resume', reason }),
    () => (random() < 0.3 ? { type: 'resume', reason, from: [nodeId] } : { type: 'resume', reason }),
    () => (random() < 0.3 ? job.resumeOver(edited(c.graph, random)) : { type: 'resume', reason }),
    () => ({ type: 'nodeEntered', nodeId: 'long-gone', token: `token ${random()}` }),
    () => ({ type: 'retry', reason }),
    () => ({ type: 'retry', reason, nodes: [nodeId], level: any([1, 2, 3]) }),
    () => rollbackAsked(),
    () => ({ type: 'retry', reason, nodes: [nodeId], inputs: { [nodeId]: { run: 'make', timeoutMs: 5 } } }),
    () => ({ type: 'retry', reason, nodes: [nodeId], order: `letter/g/${Math.floor(random() * 50)}` }),
    () => ({ type: 'overrule', nodeId, outcome: any(['succeeded', 'skipped']), reason, by: 'ana' }),
    () => ({ type: 'retryRefused', reason, why: reason }),
    () => (random() < 0.2 ? { type: 'cancel', reason } : { type: 'unpause', reason }),
    () => (random() < 0.1 ? { type: 'cancel', reason, force: true } : { type: 'unpause', reason }),
    () => (random() < 0.1 ? { type: 'deadlineDue' } : { type: 'pause', reason }),
  ])();
}

/** The graph with a node that does something else, and without another one. */
function edited(graph: Graph, random: () => number): Graph {
  const any = () => graph.nodes[Math.floor(random() * graph.nodes.length)]?.id;
  const [changed, gone] = [any(), graph.nodes.length > 1 && random() < 0.5 ? any() : undefined];
  const nodes = graph.nodes
    .filter(({ id }) => id !== gone)
    .map((node) => ({
      ...node,
      needs: node.needs.filter((id) => id !== gone),
      ...(node.id === changed && { work: { kind: 'command' as const, run: `run ${random()}` } }),
    }));
  return { ...graph, nodes };
}

describe('any job, in any order of reports', () => {
  it('ends with the outcomes that the rules give, whatever the order', () => {
    fc.assert(
      fc.property(caseArbitrary, (c) => {
        const job = play(c);
        expect(isOver(job.state.status)).toBe(true);
        if (c.graph.onFailure === 'continue') expect(job.outcomes()).toEqual(oracle(c));
      }),
      { numRuns: 600 },
    );
  });

  it('never readies a node before everything that it needs, near or far, is final, also once it is cancelled', () => {
    let cleanUps = 0;
    fc.assert(
      fc.property(caseArbitrary, fc.nat(40), fc.boolean(), (c, cancelAt, byDeadline) => {
        const cancel: JobMessage = byDeadline
          ? { type: 'deadlineDue' }
          : { type: 'cancel', reason: 'enough' };
        const job = play(c, {
          duplicates: 0,
          after: (live) => {
            if (live.events.length > cancelAt && live.state.cancelReason === undefined) live.send(cancel);
          },
        });
        const final = new Set<string>();
        for (const { event } of job.events) {
          if (event.type === 'node.completed') final.add(event.data.nodeId);
          if (event.type !== 'node.ready') continue;
          const needs = above(c.graph, event.data.nodeId.split('-')[0] as string);
          expect(needs.filter((need) => !final.has(need))).toEqual([]);
          if (needs.length > 0 && job.state.cancelReason !== undefined) cleanUps += 1;
        }
      }),
      { numRuns: 400 },
    );
    expect(cleanUps).toBeGreaterThan(50);
  });

  it('lets what always runs be the last to end where it needs all the others, and ends after it', () => {
    fc.assert(
      fc.property(caseArbitrary, fc.nat(40), (c, cancelAt) => {
        const ids = c.graph.nodes.map(({ id }) => id);
        const last = node(`n${ids.length}`, { needs: ids, trigger: 'always' });
        const script = { failures: 0, holds: true, items: undefined, undo: undefined };
        const job = play(
          { ...c, graph: { ...c.graph, nodes: [...c.graph.nodes, last] }, scripts: [...c.scripts, script] },
          {
            duplicates: 0,
            after: (live) => {
              const isOn = live.state.status === 'running' && live.state.cancelReason === undefined;
              if (isOn && live.events.length > cancelAt) live.send({ type: 'cancel', reason: 'enough' });
            },
          },
        );
        expect(job.node(last.id)).toMatchObject({ outcome: 'succeeded' });
        const completed = job.events.flatMap(({ event }) =>
          event.type === 'node.completed' ? [event.data.nodeId] : [],
        );
        expect(completed.at(-1)).toBe(last.id);
        expect(completed).toHaveLength(job.state.nodes.length);
      }),
      { numRuns: 300 },
    );
  });

  it('draws nothing from an input that arrives again, at once or late', () => {
    fc.assert(
      fc.property(caseArbitrary, (c) => {
        play(c, { duplicates: 0.5 });
      }),
      { numRuns: 300 },
    );
  });

  it('never makes more attempts than its budget, and completes each node once', () => {
    fc.assert(
      fc.property(caseArbitrary, (c) => {
        const job = play(c);
        for (const { id, spec, node } of jobNodes(job.index, job.state)) {
          if (!node.fanOut) expect(attemptsMade(node)).toBeLessThanOrEqual(spec.retry.maxAttempts);
          const completions = job.events.filter(
            ({ event }) => event.type === 'node.completed' && event.data.nodeId === id,
          );
          expect(completions).toHaveLength(1);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is the fold of its events, from the first or from a snapshot anywhere', () => {
    fc.assert(
      fc.property(caseArbitrary, fc.double({ min: 0, max: 1, noNaN: true }), (c, share) => {
        const job = play(c);
        const { decider } = job;
        const cut = Math.floor(share * job.events.length);
        let state = decider.initial();
        job.events.forEach(({ event, at }, i) => {
          if (i === cut) state = thawJob(JSON.parse(JSON.stringify(freezeJob(state))));
          state = decider.evolve(state, event, at);
        });
        expect(freezeJob(state)).toEqual(freezeJob(job.state));
      }),
      { numRuns: 200 },
    );
  });

  it('comes to the same outcomes when a crash keeps only a prefix of a batch and the input comes again', () => {
    fc.assert(
      fc.property(caseArbitrary, fc.nat(), (c, salt) => {
        fc.pre(c.graph.onFailure === 'continue');
        const random = seededRandom(salt);
        const whole = play(c);
        const torn = play(c, {
          duplicates: 0,
          after: (job, added) => {
            if (added < 2 || random() > 0.3) return;
            // Keep a prefix of the batch just decided, refold, and let the last event's input come again.
            const kept = job.events.length - 1 - Math.floor(random() * (added - 1));
            tear(job, kept);
          },
        });
        expect(torn.outcomes()).toEqual(whole.outcomes());
      }),
      { numRuns: 200 },
    );
  });
});

describe('a job that anything may reach at any time', () => {
  it('comes to an end, with every node final, and is the fold of its events', () => {
    let rollbacks = 0;
    fc.assert(
      fc.property(fc.noBias(caseArbitrary), fc.integer({ min: 2, max: 6 }), (c, tenths) => {
        const job = play(c, { duplicates: 0, disturbances: tenths / 10, after: expectConsistent });
        for (const { spec, node } of jobNodes(job.index, job.state)) {
          expect(node.phase).toBe('final');
          expect(node.failures).toBeLessThanOrEqual(spec.retry.maxAttempts);
        }
        const { decider } = job;
        const again = job.events.reduce(
          (s, { event, at }) => decider.evolve(s, event, at),
          decider.initial(),
        );
        expect(freezeJob(again)).toEqual(freezeJob(job.state));
        rollbacks += checkRollbacks(c.graph, eventsOf(job));
      }),
      { numRuns: 1_000 },
    );
    expect(rollbacks).toBeGreaterThan(50);
  });

  it('undoes what it did in order and once, though crashes keep only prefixes of batches', () => {
    let [tears, rollbacks] = [0, 0];
    fc.assert(
      fc.property(rollbackCaseArbitrary, fc.nat(), (c, salt) => {
        const random = seededRandom(salt);
        const job = play(c, {
          duplicates: 0,
          after: (torn, added) => {
            if (!torn.state.rollback || added < 2 || random() > 0.5) return;
            tears += 1;
            tear(torn, torn.events.length - 1 - Math.floor(random() * (added - 1)));
          },
        });
        rollbacks += checkRollbacks(c.graph, eventsOf(job));
      }),
      { numRuns: 150 },
    );
    expect(tears).toBeGreaterThan(40);
    expect(rollbacks).toBeGreaterThan(50);
  });
});

/** Ids of the nodes that a node needs, near or far. */
function above({ nodes }: Graph, id: string): string[] {
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const need of nodes.find((each) => each.id === next)?.needs ?? [])
      if (!found.has(need)) {
        found.add(need);
        open.push(need);
      }
  return [...found];
}

const eventsOf = ({ events }: JobDriver) => events.map(({ event }) => event);

function expectConsistent({ state }: JobDriver): void {
  expect(state.remaining).toBe(state.nodes.filter(({ phase }) => phase !== 'final').length);
  if (isOver(state.status)) expect(state.remaining).toBe(0);
}

describe('the tables of phases', () => {
  // What chance plays seldom.
  beforeAll(() => {
    const nodes = [node('a', { compensate: 'undo' }), node('b', { needs: ['a'] })];
    const job = new JobDriver(graph(nodes), undefined, undefined, (row) => taken.set(row, 1));
    job.submit().enterAll();
    job.succeed('a');
    job.send({ type: 'cancel', reason: 'enough' });
    job.fail('b', 'cancelled');
    job.send({ type: 'rollback', reason: 'and undo it' });

    const retried = new JobDriver(graph([node('a', retrying(2))]), undefined, undefined, (row) =>
      taken.set(row, 1),
    );
    const shareAndUnshare = () => {
      for (const type of ['share', 'unshare'] as const) retried.send({ type, user: 'ben' });
    };
    retried.send({ type: 'submit', graphHash: 'hash', owner: 'ana', priority: 'normal', pool: 'default' });
    shareAndUnshare();
    retried.send({ type: 'admit' });
    retried.enterAll();
    retried.fail('a', 'exit');
    retried.send({ type: 'nodeEntered', nodeId: 'a', token: 'of another execution' });
    retried.send({ type: 'cancel', reason: 'enough' });
    shareAndUnshare();
  });

  // Last of the file: it looks back at what all properties above have played.
  it('have no row that nothing takes', () => {
    const rows = [...NODE_TRANSITIONS, ...JOB_TRANSITIONS, ...STEP_TRANSITIONS].map(
      ([from, type]) => `${from} ${type}`,
    );
    expect(rows.filter((row) => !taken.has(row))).toEqual([]);
  });
});

/** Cuts the journal of a driver to `kept` events and folds it again, as a restart after a torn batch does. */
function tear(job: JobDriver, kept: number): void {
  const { decider } = job;
  const state = decider.initial();
  job.events.length = kept;
  for (const { event, at } of job.events) decider.evolve(state, event, at);
  for (const key of Object.keys(job.state)) delete (job.state as unknown as Record<string, unknown>)[key];
  Object.assign(job.state, state);
  job.send({ type: 'resume', reason: 'process died' });
}
