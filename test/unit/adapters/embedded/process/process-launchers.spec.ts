import type { Launcher, Start, StartListener } from '../../../../../lib/adapters/embedded/process/launcher';
import { createLaunchers } from '../../../../../lib/adapters/embedded/process/launchers';

const what: Start = { argv: [], env: {}, cwd: '/', stdout: '', stderr: '' };
const listener: StartListener = { started() {}, exited() {}, lost() {} };

interface Fake extends Launcher {
  load: number;
  isClosed: boolean;
}

/** Launchers that start nothing: each start waits. */
function fakes() {
  const made: Fake[] = [];
  const create = (): Launcher => {
    const fake: Fake = {
      load: 0,
      isClosed: false,
      start: () => {
        fake.load += 1;
        return true;
      },
      waiting: () => fake.load,
      close: () => {
        fake.isClosed = true;
      },
    };
    made.push(fake);
    return fake;
  };
  return { made, launchers: createLaunchers(create, 2) };
}

describe('launchers', () => {
  it('are one while it keeps up', () => {
    const { made, launchers } = fakes();
    for (let i = 0; i < 100; i++) {
      launchers.start(what, listener);
      (made[0] as Fake).load = 0;
    }
    expect(made).toHaveLength(1);
  });

  it('are two when much waits, each with its half, and never more', () => {
    const { made, launchers } = fakes();
    for (let i = 0; i < 50; i++) launchers.start(what, listener);
    expect(made.map(({ load }) => load)).toEqual([25, 25]);
    expect(launchers.waiting()).toBe(50);
  });

  it('pass over one that is gone', () => {
    const { made, launchers } = fakes();
    for (let i = 0; i < 20; i++) launchers.start(what, listener);
    (made[0] as Fake).load = Number.POSITIVE_INFINITY;
    launchers.start(what, listener);
    expect(made[1]?.load).toBe(11);
  });

  it('close together', () => {
    const { made, launchers } = fakes();
    for (let i = 0; i < 20; i++) launchers.start(what, listener);
    launchers.close();
    expect(made.map(({ isClosed }) => isClosed)).toEqual([true, true]);
  });
});
