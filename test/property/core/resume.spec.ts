import fc from 'fast-check';
import type { Graph, GraphNode } from '../../../lib/core/dag/graph';
import { jobNodes } from '../../../lib/core/job/nodes';
import { freezeJob, thawJob } from '../../../lib/core/job/snapshot';
import { outcomeOf } from '../../../lib/core/job/state';
import type { Judgement } from '../../../lib/core/model/judgement';
import { isOver } from '../../../lib/core/model/outcome';
import { type Case, caseArbitrary } from '../../support/job-cases';
import { JobDriver, node } from '../../support/job-driver';

type Edit = 'same' | 'cosmetic' | 'work' | 'drop';

interface Edited {
  readonly next: Graph;
  /** Nodes that do something else than they did. */
  readonly changed: ReadonlySet<string>;
}

/** What becomes of each node of a graph; and one that is new, behind the first one that stays. */
function edit(of: Graph, edits: readonly Edit[], isLonger: boolean): Edited {
  const changed = new Set<string>();
  const gone = new Set(of.nodes.filter((_, i) => edits[i] === 'drop').map(({ id }) => id));
  const nodes = of.nodes.flatMap((each, i): GraphNode[] => {
    if (edits[i] === 'drop') return [];
    const needs = each.needs.filter((id) => !gone.has(id));
    if (needs.length < each.needs.length || edits[i] === 'work') changed.add(each.id);
    if (edits[i] === 'work') return [{ ...each, needs, work: { kind: 'command', run: 'something else' } }];
    return [edits[i] === 'cosmetic' ? { ...each, needs, durationMs: 7, timeoutMs: 9 } : { ...each, needs }];
  });
  const needs = nodes.slice(0, 1).map(({ id }) => id);
  return { next: { ...of, nodes: isLonger ? [...nodes, node('fresh', { needs })] : nodes }, changed };
}

const editsArbitrary = fc.record({
  edits: fc.array(fc.constantFrom<Edit>('same', 'same', 'same', 'cosmetic', 'work', 'drop'), {
    minLength: 14,
    maxLength: 14,
  }),
  isLonger: fc.boolean(),
});

const numberOf = (id: string) => Number(id.slice(1).split('-')[0]);

/** Rollbacks have a property of their own: what they undo runs again too. */
const cases = caseArbitrary.map(
  ({ graph, ...rest }): Case => ({
    ...{ ...rest, graph: graph.onFailure === 'rollback' ? { ...graph, onFailure: 'fail-fast' } : graph },
  }),
);

function driverOf({ graph, scripts }: Case): JobDriver {
  const judge = (id: string): Judgement => {
    const script = scripts[numberOf(id)];
    if (!script?.holds || script.items === undefined) return { holds: script?.holds ?? true };
    return { items: Array.from({ length: script.items }, (_, k) => `item ${k}`) };
  };
  return new JobDriver(graph, judge);
}

/** Enters every node and reports every attempt, until the job is over. */
function finish(c: Case, job: JobDriver): void {
  job.enterAll();
  for (let steps = 0; !isOver(job.state.status); steps++) {
    if (steps > 1_000) throw new Error(`stuck: ${JSON.stringify(job.outcomes())}`);
    for (const { id, node: each } of jobNodes(job.index, job.state)) {
      const { attempt } = each;
      if (each.phase === 'backoff') job.send({ type: 'timerDue', nodeId: id, attempt: attempt + 1 });
      if (each.phase !== 'ready') continue;
      job.start(id);
      const script = c.scripts[numberOf(id)];
      if (attempt <= (script?.failures ?? 0)) job.fail(id);
      else job.succeed(id, { attempt: String(attempt) });
    }
  }
}

/** The rule from the other end: whether a node of the next graph keeps its result. */
function keeper(job: JobDriver, { next, changed }: Edited): (id: string) => boolean {
  const standing = new Map(jobNodes(job.index, job.state).map(({ id, node }) => [id, node]));
  const specs = new Map(next.nodes.map((each) => [each.id, each]));
  const keeps = (id: string): boolean => {
    const before = standing.get(id);
    if (before?.phase !== 'final' || changed.has(id)) return false;
    const stands = before.outcome === 'succeeded' || (before.outcome === 'skipped' && !before.failedUpstream);
    return stands && (specs.get(id)?.needs ?? []).every(keeps);
  };
  return keeps;
}

const attemptsIn = (job: JobDriver, from: number) =>
  job.events.slice(from).flatMap(({ event }) => {
    return event.type === 'attempt.started' ? [`${event.data.nodeId}/${event.data.attempt}`] : [];
  });

describe('a job that is resumed over any other graph', () => {
  it('runs again what changed and what is downstream of that, or did not succeed, and nothing else', () => {
    fc.assert(
      fc.property(cases, editsArbitrary, (c, { edits, isLonger }) => {
        const job = driverOf(c).submit();
        finish(c, job);
        const edited = edit(c.graph, edits, isLonger);
        fc.pre(edited.next.nodes.length > 0);
        const keeps = keeper(job, edited);
        const kept = edited.next.nodes.flatMap(({ id }) => (keeps(id) ? [id] : []));
        const mark = job.events.length;
        const [event] = job.send(job.resumeOver(edited.next));
        if (!event) {
          // Nothing is left to do, and nothing goes.
          expect(kept).toEqual(job.index.graph.nodes.map(({ id }) => id));
          return;
        }
        if (event.type !== 'job.replanned') throw new Error(`not ${event.type}`);
        const ids = new Set(edited.next.nodes.map(({ id }) => id));
        expect(event.data.keeps.filter((id) => ids.has(id))).toEqual(kept);
        finish(c, job);
        const ran = new Set(attemptsIn(job, mark).map((each) => each.split('/')[0] as string));
        for (const id of kept) expect(ran.has(id)).toBe(false);
        for (const { id, node: each } of jobNodes(job.index, job.state)) {
          if (kept.includes(id) || each.item || each.fanOut || outcomeOf(each) === 'skipped') continue;
          if (outcomeOf(each) === 'succeeded') expect(ran.has(id)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('never uses the number of an attempt twice, however often its graph changes', () => {
    fc.assert(
      fc.property(cases, fc.array(editsArbitrary, { minLength: 2, maxLength: 4 }), (c, changes) => {
        const job = driverOf(c).submit();
        finish(c, job);
        for (const { edits, isLonger } of changes) {
          const { next } = edit(c.graph, edits, isLonger);
          if (next.nodes.length === 0) continue;
          job.send(job.resumeOver(next));
          finish(c, job);
        }
        const attempts = attemptsIn(job, 0);
        expect(new Set(attempts).size).toBe(attempts.length);
      }),
      { numRuns: 150 },
    );
  });

  it('is the fold of its events, from the first or from a snapshot anywhere', () => {
    fc.assert(
      fc.property(cases, editsArbitrary, fc.nat(100), (c, { edits, isLonger }, share) => {
        const job = driverOf(c).submit();
        finish(c, job);
        const { next } = edit(c.graph, edits, isLonger);
        fc.pre(next.nodes.length > 0);
        job.send(job.resumeOver(next));
        finish(c, job);
        const cut = Math.floor((share / 101) * job.events.length);
        const { decider } = job;
        let state = decider.initial();
        job.events.forEach(({ event, at }, i) => {
          if (i === cut) state = thawJob(JSON.parse(JSON.stringify(freezeJob(state))));
          state = decider.evolve(state, event, at);
        });
        expect(freezeJob(state)).toEqual(freezeJob(job.state));
      }),
      { numRuns: 150 },
    );
  });
});

describe('a job that is resumed from any node', () => {
  it('runs it and all that is downstream of it again, what did not succeed, and what cleans up behind either', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (c, salt) => {
        const job = driverOf(c).submit();
        finish(c, job);
        const from = c.graph.nodes[salt % c.graph.nodes.length]?.id as string;
        const below = new Set([from]);
        for (const { id, needs } of c.graph.nodes) if (needs.some((need) => below.has(need))) below.add(id);
        const standing = new Map(jobNodes(job.index, job.state).map(({ id, node }) => [id, node]));
        const stands = (id: string) => {
          const before = standing.get(id);
          if (before?.phase !== 'final') return false;
          return before.outcome === 'succeeded' || (before.outcome === 'skipped' && !before.failedUpstream);
        };
        const behind = new Set<string>();
        const expected = c.graph.nodes.flatMap(({ id, needs, trigger }) => {
          const isBehind = needs.some((need) => behind.has(need));
          const runs = below.has(id) || !stands(id) || (trigger === 'always' && isBehind);
          if (runs || isBehind) behind.add(id);
          return runs ? [id] : [];
        });
        const [event] = job.send({ type: 'resume', reason: 'again', from: [from] });
        if (event?.type !== 'job.resumed') throw new Error(`not ${event?.type}`);
        expect(event.data.nodes.filter((id) => !id.includes('-'))).toEqual(expected);
        finish(c, job);
        expect(isOver(job.state.status)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
