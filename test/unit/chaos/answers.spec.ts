import { answersAgree } from '../../../lib/chaos/invariants/world';
import type { NodeAnswer } from '../../../lib/core/messages/effect';

/** What is heard by whoever waits for the fate of a node, and what the invariant says of it. */
function heard() {
  const broken: string[] = [];
  const watcher = answersAgree.watch?.({
    graphOf: () => undefined as never,
    struck: () => [],
    broken: (detail) => void broken.push(detail),
  });
  const append = (type: string, data: object) =>
    watcher?.appended?.('job/j', [{ type, data } as never], undefined);
  return {
    broken,
    ends: (outcome: NodeAnswer['outcome']) => append('node.completed', { nodeId: 'a', outcome }),
    goesOn: () => append('job.resumed', { nodes: ['a'] }),
    answer: (outcome: NodeAnswer['outcome'], token = 't') =>
      watcher?.answered?.('j', { nodeId: 'a', outcome, token }),
  };
}

describe('who waits for the fate of a node', () => {
  it('hears one', () => {
    const { broken, ends, answer } = heard();
    ends('skipped');
    ends('succeeded');
    answer('skipped');
    answer('succeeded', 'another');
    expect(broken).toEqual(['j/a is answered succeeded and was answered skipped']);
  });

  it('hears the next one once the node runs again', () => {
    const { broken, ends, answer, goesOn } = heard();
    ends('skipped');
    answer('skipped');
    goesOn();
    ends('succeeded');
    answer('succeeded', 'another');
    expect(broken).toEqual([]);
  });

  it('is not there any more when somebody says late what was said before', () => {
    const { broken, ends, answer, goesOn } = heard();
    ends('skipped');
    answer('skipped');
    goesOn();
    answer('skipped');
    ends('succeeded');
    answer('succeeded');
    expect(broken).toEqual([]);
  });

  it('hears no fate that the node never had', () => {
    const { broken, ends, answer } = heard();
    ends('succeeded');
    answer('failed');
    expect(broken).toEqual(['j/a is answered failed and ended as succeeded']);
  });
});
