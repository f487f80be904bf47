import { EMPTY_HEAD, record } from '../../../../lib/core/journal/envelope';
import { createTally } from '../../../../lib/core/projections/tally';
import type { JobDriver } from '../../../support/job-driver';
import { JobDriver as Driver, graph, node } from '../../../support/job-driver';

function tallyOf(job: JobDriver) {
  const tally = createTally();
  const actor = { kind: 'user', id: 'ana' } as const;
  let head = EMPTY_HEAD;
  for (const { event, at } of job.events) {
    const cause = { at, actor, causeId: 'c', correlationId: 'c', traceId: 't' };
    const [recorded] = record('job/j', head, [event], cause);
    if (!recorded) continue;
    head = recorded;
    tally.apply(recorded);
  }
  return { finished: tally.finished(), items: tally.items(), nodes: [...tally.nodes.keys()].sort() };
}

describe('the tally of a job that goes over to another graph', () => {
  function ended() {
    const of = graph([node('each', { forEach: 'x' }), node('other')]);
    const conditions = (id: string) => (id === 'each' ? { items: ['a', 'b'] } : { holds: true });
    const job = new Driver(of, conditions).submit().enterAll();
    job.succeed('each-1');
    job.fail('each-2');
    job.succeed('other');
    expect(tallyOf(job)).toEqual({ finished: 4, items: 2, nodes: ['each', 'each-1', 'each-2', 'other'] });
    return { job, of };
  }

  it('knows what is kept, with the items of a fan-out that stays', () => {
    const { job, of } = ended();
    job.send(job.resumeOver({ ...of, nodes: [...of.nodes, node('more')] }));
    expect(tallyOf(job)).toEqual({ finished: 2, items: 2, nodes: ['each-1', 'other'] });
  });

  it('counts no items of a fan-out that is decided anew, until it is', () => {
    const { job, of } = ended();
    const nodes = of.nodes.map((each) => (each.id === 'each' ? { ...each, labels: ['linux'] } : each));
    job.send(job.resumeOver({ ...of, nodes }));
    expect(tallyOf(job)).toEqual({ finished: 1, items: 0, nodes: ['other'] });
    job.enterAll();
    expect(tallyOf(job)).toMatchObject({ finished: 1, items: 2 });
  });
});
