import fc from 'fast-check';
import { jobDecider } from '../../../lib/core/job/decider';
import type { JobMessage, Judgement } from '../../../lib/core/messages/job';
import { jobNodes } from '../../../lib/core/job/nodes';
import { freezeJob, isOver, thawJob } from '../../../lib/core/job/state';
import { seededRandom } from '../../support/graphs';
import { type Case, caseArbitrary, oracle } from '../../support/job-cases';
import { JobDriver } from '../../support/job-driver';

function driverOf({ graph, scripts, seed }: Case): JobDriver {
  const judge = (id: string): Judgement => {
    const script = scripts[Number(id.slice(1))];
    if (!script?.holds || script.items === undefined) return { holds: script?.holds ?? true };
    return { items: Array.from({ length: script.items }, (_, k) => `item ${k}`) };
  };
  return new JobDriver(graph, judge, seededRandom(seed));
}

interface Noise {
  /** Chance that a message is sent again, now or later. */
  readonly duplicates: number;
  /** Called after each message. */
  readonly after?: (job: JobDriver, events: number) => void;
}

/** Plays a case to its end: enters nodes and reports attempts in a random order. */
function play(c: Case, noise: Noise = { duplicates: 0 }): JobDriver {
  const job = driverOf(c);
  const random = seededRandom(c.seed + 1);
  const sent: JobMessage[] = [];
  const send = (message: JobMessage) => {
    const events = job.send(message);
    sent.push(message);
    noise.after?.(job, events.length);
    while (random() < noise.duplicates) {
      const again = sent[Math.floor(random() * sent.length)] as JobMessage;
      expect(job.send(again)).toEqual([]);
    }
  };
  send({ type: 'submit', graphHash: 'hash', owner: 'ana', priority: 'normal', pool: 'default' });
  send({ type: 'admit' });
  const toEnter = c.graph.nodes.map(({ id }) => id);
  for (let steps = 0; !isOver(job.state.status) || toEnter.length > 0; steps++) {
    if (steps > 2_000) throw new Error(`stuck: ${JSON.stringify(job.outcomes())}`);
    job.now += 1 + Math.floor(random() * 50);
    const choices: (() => JobMessage)[] = toEnter.map((nodeId) => () => {
      toEnter.splice(toEnter.indexOf(nodeId), 1);
      return { type: 'nodeEntered', nodeId };
    });
    for (const { id: nodeId, i, node } of jobNodes(job.index, job.state)) {
      const { phase, attempt, cancelRequested } = node;
      if (phase === 'ready') choices.push(() => ({ type: 'attemptStarted', nodeId, attempt, workerId: 'w' }));
      if (phase === 'backoff') choices.push(() => ({ type: 'timerDue', nodeId, attempt: attempt + 1 }));
      if (phase === 'running' || phase === 'ready') {
        const kind = cancelRequested ? 'cancelled' : 'exit';
        const fails = cancelRequested || attempt <= (c.scripts[node.item?.parent ?? i]?.failures ?? 0);
        choices.push(() =>
          fails
            ? { type: 'attemptFailed', nodeId, attempt, durationMs: 1, failure: { kind, message: 'x' } }
            : { type: 'attemptSucceeded', nodeId, attempt, durationMs: 1, outputs: { from: nodeId } },
        );
      }
    }
    const choose = choices[Math.floor(random() * choices.length)];
    if (!choose) throw new Error(`nothing to do: ${JSON.stringify(job.outcomes())}`);
    send(choose());
  }
  return job;
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

  it('never readies a node before everything it needs is final', () => {
    fc.assert(
      fc.property(caseArbitrary, (c) => {
        const final = new Set<string>();
        for (const { event } of play(c).events) {
          if (event.type === 'node.completed') final.add(event.data.nodeId);
          if (event.type !== 'node.ready') continue;
          const spec = c.graph.nodes.find(({ id }) => id === event.data.nodeId.split('-')[0]);
          for (const need of spec?.needs ?? []) expect(final.has(need)).toBe(true);
        }
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
          if (!node.fanOut) expect(node.attempt).toBeLessThanOrEqual(spec.retry.maxAttempts);
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
        const decider = jobDecider(job.index);
        const cut = Math.floor(share * job.events.length);
        let state = decider.initial();
        job.events.forEach(({ event, at }, i) => {
          if (i === cut) state = thawJob(JSON.parse(JSON.stringify(freezeJob(state))));
          state = decider.evolve(state, event, at);
        });
        expect(JSON.stringify(freezeJob(state))).toBe(JSON.stringify(freezeJob(job.state)));
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

/** Cuts the journal of a driver to `kept` events and folds it again, as a restart after a torn batch does. */
function tear(job: JobDriver, kept: number): void {
  const decider = jobDecider(job.index);
  const state = decider.initial();
  job.events.length = kept;
  for (const { event, at } of job.events) decider.evolve(state, event, at);
  for (const key of Object.keys(job.state)) delete (job.state as unknown as Record<string, unknown>)[key];
  Object.assign(job.state, state);
  job.send({ type: 'resume', reason: 'process died' });
}
