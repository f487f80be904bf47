import { createLoadAnswers } from '../../../../lib/core/capacity/answers';
import type { Steps } from '../../../../lib/core/model/steps';
import { machine, nodeOf, ranAs } from '../../../support/loads';
import { atOnce } from '../../../support/steps';

const answers = () => createLoadAnswers(async (steps) => atOnce(steps));
const load = () => ranAs([[nodeOf('a')]], [machine(1)]);

function counted() {
  let times = 0;
  function* steps(): Steps<number> {
    times += 1;
    yield;
    return times;
  }
  return { steps, times: () => times };
}

describe('an answer about a load', () => {
  it('is computed once for a question, also where the second comes while the first is computed', async () => {
    const [ask, { steps, times }, one] = [answers(), counted(), load()];
    expect(await Promise.all([ask(one, 'q', steps), ask(one, 'q', steps)])).toEqual([1, 1]);
    expect([await ask(one, 'q', steps), times()]).toEqual([1, 1]);
  });

  it('is another one for another question, and for another load that looks the same', async () => {
    const [ask, { steps }, one] = [answers(), counted(), load()];
    expect([await ask(one, 'q', steps), await ask(one, 'r', steps), await ask(load(), 'q', steps)]).toEqual([
      1, 2, 3,
    ]);
  });

  it('is computed again where there was none', async () => {
    const [ask, one] = [answers(), load()];
    function* failing(): Steps<number> {
      yield;
      throw new Error('no worker has that');
    }
    await expect(ask(one, 'q', failing)).rejects.toThrow('no worker has that');
    expect(await ask(one, 'q', counted().steps)).toBe(1);
  });
});
