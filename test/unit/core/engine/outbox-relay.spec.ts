import {
  createMemoryJournalStore,
  type MemoryJournalStore,
} from '../../../../lib/adapters/memory/journal-store';
import { createFastPath } from '../../../../lib/core/engine/fast-path';
import { performUnconfirmed } from '../../../../lib/core/engine/outbox-relay';
import { RepriseError } from '../../../../lib/core/errors';
import { EMPTY_HEAD } from '../../../../lib/core/journal/envelope';
import type { Effect } from '../../../../lib/core/messages/effect';
import type { EffectPorts } from '../../../../lib/core/ports/effects';
import { recordedEvents } from '../../../support/recorded';

const STREAM = 'job/j';
const log = { info: () => {}, warn: () => {}, error: () => {} };
const effect = (seq: number): Effect => ({
  id: `${STREAM}/${seq}`,
  cause: { stream: STREAM, seq },
  kind: 'publish',
  event: { id: `${STREAM}/${seq}`, type: 't', at: 0, detail: {} },
});

/** Ports whose publisher fails for the sequences given. */
function portsFailing(error: Error, ...seqs: number[]) {
  const published: number[] = [];
  const publisher = {
    publish: async ({ id }: { id: string }) => {
      const seq = Number(id.split('/')[2]);
      if (seqs.includes(seq)) throw error;
      published.push(seq);
    },
  };
  return { ports: { publisher } as unknown as EffectPorts, published };
}

async function journalOf(events: number): Promise<MemoryJournalStore> {
  const journal = createMemoryJournalStore();
  await journal.append(
    STREAM,
    EMPTY_HEAD,
    recordedEvents(
      STREAM,
      Array.from({ length: events }, () => ({})),
    ),
  );
  return journal;
}

const busy = new RepriseError('UPSTREAM_UNAVAILABLE', 'busy');
const effectsOf = async (_: string, events: readonly { seq: number }[]) =>
  events.map(({ seq }) => effect(seq));

describe('the fast path', () => {
  it('confirms an append when all its effects are performed', async () => {
    const journal = await journalOf(3);
    const { ports } = portsFailing(busy);
    await createFastPath({ ports, journal, log })([1, 2, 3].map(effect), { stream: STREAM, from: 1, seq: 3 });
    expect(await journal.confirmed(STREAM)).toBe(3);
  });

  it('does not confirm one whose effect failed, nor any after it, and never fails itself', async () => {
    const journal = await journalOf(4);
    const failing = createFastPath({ ports: portsFailing(busy, 2).ports, journal, log });
    await failing([1, 2].map(effect), { stream: STREAM, from: 1, seq: 2 });
    const later = createFastPath({ ports: portsFailing(busy).ports, journal, log });
    await later([3, 4].map(effect), { stream: STREAM, from: 3, seq: 4 });
    expect(await journal.confirmed(STREAM)).toBe(0);
    const confirm = async () => Promise.reject(new Error('throttled'));
    await createFastPath({ ports: portsFailing(busy).ports, journal: { confirm }, log })([], {
      stream: STREAM,
      from: 1,
      seq: 4,
    });
  });
});

describe('the outbox relay', () => {
  it('performs what is not confirmed, to the end of the stream', async () => {
    const journal = await journalOf(5);
    await journal.confirm(STREAM, 1, 2);
    const { ports, published } = portsFailing(busy);
    expect(await performUnconfirmed({ ports, journal, effectsOf, log }, STREAM, 3)).toBe(3);
    expect(published).toEqual([3, 4, 5]);
    expect(await journal.confirmed(STREAM)).toBe(5);
  });

  it('does nothing when the fast path was there first', async () => {
    const journal = await journalOf(5);
    await journal.confirm(STREAM, 1, 5);
    const { ports, published } = portsFailing(busy);
    expect(await performUnconfirmed({ ports, journal, effectsOf, log }, STREAM, 5)).toBe(0);
    expect(published).toEqual([]);
  });

  it('has nothing to do for a job that was removed meanwhile', async () => {
    const journal = await journalOf(5);
    const gone = new RepriseError('JOB_NOT_FOUND', 'archived and removed');
    const read = () => {
      throw gone;
    };
    const { ports, published } = portsFailing(busy);
    const deps = { ports, journal: { ...journal, confirmed: journal.confirmed, read }, effectsOf, log };
    expect(await performUnconfirmed(deps, STREAM, 5)).toBe(0);
    expect(published).toEqual([]);
  });

  it('keeps what it achieved before the first failure, and comes back for the rest', async () => {
    const journal = await journalOf(5);
    const { ports } = portsFailing(busy, 4);
    const tried = performUnconfirmed({ ports, journal, effectsOf, log }, STREAM, 5);
    await expect(tried).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await journal.confirmed(STREAM)).toBe(3);
    const { ports: well, published } = portsFailing(busy);
    await performUnconfirmed({ ports: well, journal, effectsOf, log }, STREAM, 5);
    expect(published).toEqual([4, 5]);
  });

  it('is not held up for ever by an effect that can never be performed', async () => {
    const journal = await journalOf(2);
    const { ports } = portsFailing(new RepriseError('GRAPH_TOO_LARGE', 'never'), 1);
    await performUnconfirmed({ ports, journal, effectsOf, log }, STREAM, 2);
    expect(await journal.confirmed(STREAM)).toBe(2);
  });
});
