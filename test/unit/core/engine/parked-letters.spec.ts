import { hasLetters } from '../../../../lib/core/engine/parked-letters';
import type { Address, StreamKind } from '../../../../lib/core/messages/address';
import { letterGroup } from '../../../../lib/core/messages/letter';
import type { StreamReader } from '../../../../lib/core/ports/streams';
import { graph, JobDriver, node } from '../../../support/job-driver';
import { LetterDriver, OWNER, SIGNATURE } from '../../../support/letter-driver';

/** A job whose node `a` failed for good, and the letters under its signature. */
function world() {
  const job = new JobDriver(graph([node('a')])).submit().enterAll();
  job.send({
    ...{ type: 'attemptFailed', nodeId: 'a', attempt: 1, durationMs: 5, workerId: 'w1' },
    failure: { kind: 'exit', message: 'connect ECONNREFUSED' },
    diagnosis: {
      ...{ class: 'network', confidence: 0.9, by: 'rule', why: 'refused', signature: SIGNATURE },
    },
  });
  const letters = new LetterDriver();
  letters.park('a');
  const viewed: string[] = [];
  const view = async ({ kind, id }: Address<StreamKind>) => {
    viewed.push(`${kind}/${id}`);
    return { state: kind === 'job' ? job.state : letters.state };
  };
  return { letters, viewed, reader: { view } as unknown as StreamReader };
}

describe('a job', () => {
  it('has letters until the last of them is resolved', async () => {
    const { reader, letters, viewed } = world();
    expect(await hasLetters(reader, 'j')).toBe(true);
    expect(viewed).toEqual(['job/j', `letter/${letterGroup(OWNER, SIGNATURE)}`]);
    letters.closed('a', 'succeeded', 2);
    expect(await hasLetters(reader, 'j')).toBe(false);
  });

  it('has none of those that other jobs have in its groups', async () => {
    const { reader, letters } = world();
    letters.closed('a', 'succeeded', 2);
    letters.park('a', 1, 0, { jobId: 'other' });
    expect(await hasLetters(reader, 'j')).toBe(false);
  });
});
