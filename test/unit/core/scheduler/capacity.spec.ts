import type { PoolMessage } from '../../../../lib/core/messages/pool';
import { poolDecider } from '../../../../lib/core/scheduler/decider';
import { poolEffects } from '../../../../lib/core/scheduler/effects';
import type { PoolEvent } from '../../../../lib/core/scheduler/events';
import { recordedAt } from '../../../support/recorded';

type Finding = Extract<PoolMessage, { type: 'capacityReviewed' }>['findings'][number];

function reviewed(...rounds: (readonly Finding[])[]) {
  const state = poolDecider.initial();
  const events: { event: PoolEvent; at: number }[] = [];
  rounds.forEach((findings, at) => {
    for (const event of poolDecider.decide(state, {
      type: 'capacityReviewed',
      findings: [...findings],
      at,
    })) {
      poolDecider.evolve(state, event, at);
      events.push({ event, at });
    }
  });
  return { state, events };
}
const waits = (found: number): Finding => ({ condition: 'waits', found, limit: 100 });
const forecast = (found: number): Finding => ({ condition: 'forecast', found, limit: 10 });
const told = ({ events }: ReturnType<typeof reviewed>) =>
  events.map(({ event: { type, data }, at }) => [at, type, (data as Finding).condition]);

describe('the capacity of a pool', () => {
  it('is warned of once, however often it is found short', () => {
    expect(told(reviewed([waits(101)], [waits(500)], [waits(200)]))).toEqual([
      [0, 'queue.capacityWarned', 'waits'],
    ]);
  });

  it('is cleared once it is well below the limit, and may be warned of again', () => {
    const all = reviewed([waits(150)], [waits(90)], [waits(79)], [waits(10)], [waits(150)]);
    expect(told(all)).toEqual([
      [0, 'queue.capacityWarned', 'waits'],
      [2, 'queue.capacityCleared', 'waits'],
      [4, 'queue.capacityWarned', 'waits'],
    ]);
    expect([...all.state.warnings]).toEqual([['waits', 4]]);
  });

  it('is warned of by condition, and one that is not looked at stays as it was', () => {
    const all = reviewed([waits(150), forecast(11)], [waits(1)], []);
    expect(told(all)).toEqual([
      [0, 'queue.capacityWarned', 'waits'],
      [0, 'queue.capacityWarned', 'forecast'],
      [1, 'queue.capacityCleared', 'waits'],
    ]);
    expect([...all.state.warnings.keys()]).toEqual(['forecast']);
  });

  it('is said on the bus, when it begins and when it is gone', () => {
    const { state, events } = reviewed([waits(150)], [waits(1)]);
    const effects = recordedAt('pool/p', events).flatMap((event) => poolEffects(state, event as never));
    expect(effects).toMatchObject([
      {
        kind: 'publish',
        event: {
          ...{ id: 'pool/p/1', type: 'orchestration.capacity.warning', at: 0 },
          detail: { pool: 'p', status: 'raised', condition: 'waits', found: 150, limit: 100 },
        },
      },
      { kind: 'publish', event: { id: 'pool/p/2', detail: { pool: 'p', status: 'cleared', found: 1 } } },
    ]);
  });
});
