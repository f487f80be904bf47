import { DependencyDriver } from '../../../support/dependency-driver';

const watched = (pool: string) => ({ type: 'watched' as const, pool });
const told = (pool: string, rest: object) => ({
  kind: 'send',
  to: { kind: 'pool', id: pool },
  message: { type: 'dependencyChanged', dependency: 'payments', ...rest },
});

describe('what a dependency tells', () => {
  it('is told to a pool that asks, each time it asks', () => {
    const driver = new DependencyDriver();
    driver.send(watched('p'));
    expect(driver.effects()).toMatchObject([told('p', { version: 0, status: 'closed' })]);
    driver.send(watched('p'));
    expect(driver.effects()).toMatchObject([told('p', { version: 0, status: 'closed' })]);
    expect(driver.state.watchers).toEqual(['p']);
  });

  it('is told to every pool that asked and to the world, with a timer for what comes next', () => {
    const driver = new DependencyDriver();
    for (const pool of ['p', 'q']) driver.send(watched(pool));
    driver.calls('--', 10);
    expect(driver.effects()).toMatchObject([
      told('p', { version: 1, status: 'open', until: 1_010 }),
      told('q', { version: 1, status: 'open', until: 1_010 }),
      {
        kind: 'publish',
        event: {
          type: 'orchestration.dependency.opened',
          at: 10,
          detail: { dependency: 'payments', until: 1_010, why: expect.stringContaining('2 of the last 2') },
        },
      },
      {
        kind: 'timer',
        to: { kind: 'dependency', id: 'payments' },
        message: { type: 'due', until: 1_010 },
        dueAt: 1_010,
      },
    ]);
    driver.send({ type: 'due', until: 1_010 }, 1_010);
    expect(driver.effects()).toMatchObject([
      told('p', { version: 2, status: 'halfOpen', probes: 2 }),
      told('q', { version: 2, status: 'halfOpen', probes: 2 }),
      { kind: 'publish', event: { type: 'orchestration.dependency.half_opened' } },
    ]);
    driver.calls('++', 1_020);
    expect(driver.effects()).toMatchObject([
      told('p', { version: 3, status: 'closed' }),
      told('q', { version: 3, status: 'closed' }),
      { kind: 'publish', event: { type: 'orchestration.dependency.closed' } },
    ]);
  });

  it('is how it stands now, however old the event is that is performed once more', () => {
    const driver = new DependencyDriver();
    driver.send(watched('p'));
    driver.calls('--', 10);
    const opening = driver.events.length - 1;
    driver.send({ type: 'reset', by: 'ana', reason: 'r' }, 20);
    const again = driver.effects(opening);
    expect(again).toMatchObject([told('p', { version: 2, status: 'closed' }), { kind: 'publish' }]);
    expect(again.map(({ kind }) => kind)).not.toContain('timer');
  });

  it.each([
    ['open', 'orchestration.dependency.opened'],
    ['closed', 'orchestration.dependency.closed'],
  ] as const)('says of one that is forced %s who did it and why', (status, type) => {
    const driver = new DependencyDriver();
    driver.send({ type: 'forced', status, by: 'ana', reason: 'maintenance' });
    const [published] = driver.effects();
    expect(published).toMatchObject({
      kind: 'publish',
      event: { type, detail: { dependency: 'payments', by: 'ana', reason: 'maintenance' } },
    });
  });
});
