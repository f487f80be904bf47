import { DependencyDriver } from '../../../support/dependency-driver';

const due = (until: number) => ({ type: 'due' as const, until });
const force = (status: 'open' | 'closed') => ({
  ...{ type: 'forced' as const, status },
  ...{ by: 'ana', reason: 'maintenance' },
});
const reset = { type: 'reset', by: 'ana', reason: 'it is over' } as const;

/** One that opened at 10, until 1,010. */
function opened() {
  const driver = new DependencyDriver();
  driver.calls('--', 10);
  return driver;
}

function halfOpened() {
  const driver = opened();
  driver.send(due(1_010), 1_010);
  return driver;
}

describe('the breaker of a dependency that is closed', () => {
  it('opens when enough of the latest calls failed, for its time, and says why', () => {
    const driver = new DependencyDriver();
    expect(driver.calls('+-', 10)).toEqual([
      'dependency.observed',
      'dependency.observed',
      'dependency.opened',
    ]);
    expect(driver.events.at(-1)?.event.data).toEqual({
      until: 1_010,
      why: '1 of the last 2 calls failed, at or above 50 %',
    });
    expect(driver.state).toMatchObject({ status: 'open', openUntil: 1_010, since: 10 });
  });

  it('opens when all of them were slow', () => {
    expect(new DependencyDriver().calls('~~')).toContain('dependency.opened');
    expect(new DependencyDriver().calls('~+~~+~')).not.toContain('dependency.opened');
  });

  it('journals a call where it changes what the window says, and not that all is well', () => {
    const driver = new DependencyDriver();
    expect(driver.calls('++++')).toHaveLength(4);
    expect(driver.calls('+'.repeat(1_000))).toEqual([]);
    expect(driver.calls('-')).toEqual(['dependency.observed']);
    // Until the failure is out of the window, and weighs nothing any more.
    expect(driver.calls('+'.repeat(30))).toHaveLength(12);
  });

  it('counts a call once, however often it is told', () => {
    const driver = new DependencyDriver();
    const failed = { type: 'observed', ok: false, by: 'j/n/1', startedAt: 0 } as const;
    expect(driver.send(failed)).toEqual(['dependency.observed']);
    expect(driver.send(failed)).toEqual([]);
    expect(driver.state.status).toBe('closed');
  });

  it('opens at the repeat of a call where a torn batch lost that it did', () => {
    const driver = new DependencyDriver();
    driver.calls('-');
    // As if the process had died between the two events.
    driver.state.window = [...driver.state.window, { ok: false, by: 'j/n/1' }];
    expect(driver.send({ type: 'observed', ok: false, by: 'j/n/1', startedAt: 0 })).toEqual([
      'dependency.opened',
    ]);
  });
});

describe('one that is open', () => {
  it('learns nothing from what was under way', () => {
    const driver = opened();
    expect(driver.calls('+-+-', 20)).toEqual([]);
  });

  it('is half open when its time is over, and not when an earlier one was', () => {
    const driver = opened();
    expect(driver.send(due(900), 2_000)).toEqual([]);
    // A clock that is behind does not keep it open for ever.
    expect(driver.send(due(1_010), 1_005)).toEqual(['dependency.halfOpened']);
    expect(driver.send(due(1_010), 1_010)).toEqual([]);
    expect(driver.state).toMatchObject({ status: 'halfOpen', probes: 2 });
  });
});

describe('one that is half open', () => {
  it('is closed by as many good calls in a row as its budget, and begins anew', () => {
    const driver = halfOpened();
    expect(driver.calls('+', 1_020)).toEqual(['dependency.observed']);
    expect(driver.calls('+', 1_020)).toEqual(['dependency.observed', 'dependency.closed']);
    expect(driver.state).toMatchObject({ status: 'closed', openings: 0, window: [] });
  });

  it.each(['-', '~', '+-'])('is open again at the first that is not: %s', (calls) => {
    const driver = halfOpened();
    expect(driver.calls(calls, 1_020).at(-1)).toBe('dependency.opened');
  });

  it('does not count what began before', () => {
    const driver = halfOpened();
    const late = { type: 'observed', ok: false, by: 'j/n/1', startedAt: 1_009 } as const;
    expect(driver.send(late, 1_020)).toEqual([]);
    expect(driver.send({ ...late, startedAt: 1_010 }, 1_020)).toContain('dependency.opened');
  });

  it('is open for twice as long each time in a row, up to its longest', () => {
    const driver = halfOpened();
    const times: number[] = [];
    for (let at = 2_000; times.length < 3; at += 10_000) {
      driver.calls('-', at);
      times.push((driver.state.openUntil ?? 0) - at);
      driver.send(due(driver.state.openUntil ?? 0), at + 5_000);
    }
    expect(times).toEqual([2_000, 3_000, 3_000]);
    driver.calls('++', 50_000);
    driver.calls('--', 60_000);
    expect(driver.state.openUntil).toBe(61_000);
  });
});

describe('a person', () => {
  it('holds it open, whatever is observed and whatever is due', () => {
    const driver = opened();
    expect(driver.send(force('open'), 20)).toEqual(['dependency.forced']);
    expect(driver.send(due(1_010), 1_010)).toEqual([]);
    expect(driver.calls('++++', 1_020)).toEqual([]);
    expect(driver.send(force('open'), 1_030)).toEqual([]);
    expect(driver.state).toMatchObject({ status: 'open', forced: true });
    expect(driver.state.openUntil).toBeUndefined();
  });

  it('holds it closed, whatever fails', () => {
    const driver = opened();
    expect(driver.send(force('closed'), 20)).toEqual(['dependency.forced']);
    expect(driver.calls('--------', 30)).toEqual([]);
    expect(driver.state.status).toBe('closed');
  });

  it('has it begin anew, closed and with nothing counted', () => {
    const driver = opened();
    driver.send(force('open'), 20);
    expect(driver.send(reset, 30)).toEqual(['dependency.reset']);
    expect(driver.state).toMatchObject({ status: 'closed', forced: false, window: [], openings: 0 });
    expect(driver.send(reset, 40)).toEqual([]);
    expect(driver.calls('--', 50)).toContain('dependency.opened');
  });

  it('is named in what it did last, which is latest first', () => {
    const driver = opened();
    driver.send(force('closed'), 20);
    driver.send(reset, 30);
    expect(driver.state.recent).toEqual([
      { status: 'closed', at: 30, why: 'it is over', by: 'ana' },
      { status: 'closed', at: 20, why: 'maintenance', by: 'ana' },
      { status: 'open', at: 10, why: '2 of the last 2 calls failed, at or above 50 %' },
    ]);
  });
});
