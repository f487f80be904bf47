import { answersAgree } from '../../../lib/chaos/invariants/world';
import type { NodeAnswer } from '../../../lib/core/messages/effect';

/** What is heard by whoever waits for the fate of a node, and what the invariant says of it. */
function heard() {
  const broken: string[] = [];
  const watcher = answersAgree.watch?.({
    graphOf: () => undefined as never,
    struck: () => [],
    graceMs: 0,
    broken: (detail) => void broken.push(detail),
  });
  const append = (type: string, data: object) =>
    watcher?.appended?.('job/j', [{ type, data } as never], undefined);
  return {
    broken,
    entered: (token: string) => append('node.entered', { nodeId: 'a', token }),
    ends: (outcome: NodeAnswer['outcome']) => append('node.completed', { nodeId: 'a', outcome }),
    goesOn: () => append('job.resumed', { nodes: ['a'] }),
    answer: (outcome: NodeAnswer['outcome'], token: string) =>
      watcher?.answered?.('j', { nodeId: 'a', outcome, token }),
  };
}

describe('who waits for the fate of a node', () => {
  it('hears no fate that the node never had', () => {
    const { broken, entered, ends, answer } = heard();
    entered('t');
    ends('succeeded');
    answer('failed', 't');
    expect(broken).toEqual(['j/a is answered failed and ended as succeeded']);
  });

  it('hears no fate from before it began to wait, once the node runs again', () => {
    const { broken, entered, ends, answer, goesOn } = heard();
    ends('skipped');
    goesOn();
    entered('t');
    ends('succeeded');
    answer('skipped', 't');
    expect(broken).toEqual(['j/a is answered skipped and ended as succeeded']);
  });

  it('hears the fate of a node that has ended when it begins to wait', () => {
    const { broken, entered, ends, answer } = heard();
    ends('skipped');
    entered('t');
    answer('skipped', 't');
    expect(broken).toEqual([]);
  });

  it.each([
    ['again', ['skipped', 'skipped', 'succeeded']],
    ['for the first time', ['skipped', 'succeeded']],
  ] as const)('may hear late what was true then %s, though the node runs again', (_, said) => {
    const { broken, entered, ends, answer, goesOn } = heard();
    entered('t');
    ends('skipped');
    goesOn();
    ends('succeeded');
    for (const outcome of said) answer(outcome, 't');
    expect(broken).toEqual([]);
  });
});
