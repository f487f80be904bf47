import type { JobEvent } from '../../../../lib/core/job/events';
import { createGivenInputs } from '../../../../lib/core/projections/given-inputs';
import { createNodeInputs } from '../../../../lib/core/projections/node-inputs';
import { graph, node } from '../../../support/job-driver';

const far = node('far');
const near = node('near', { needs: ['far'], trigger: 'all_done' });
const deploy = node('deploy', {
  needs: ['near'],
  trigger: 'all_done',
  with: { VERSION: 'results.far.outputs.version' },
});

const ran = (nodeId: string, attempt: number, outputs: Record<string, string> = {}): JobEvent[] => [
  { type: 'node.ready', data: { nodeId, attempt } },
  { type: 'attempt.succeeded', data: { nodeId, attempt, durationMs: 1, outputs } },
  { type: 'node.completed', data: { nodeId, outcome: 'succeeded', attempts: attempt } },
];
const given = (version: string): JobEvent[] => [
  { type: 'node.ready', data: { nodeId: 'deploy', attempt: 1, given: { VERSION: version } } },
  ...ran('deploy', 1).slice(1),
];

function changed(events: readonly JobEvent[], nodes = [far, near, deploy]): string[] {
  const inputs = createGivenInputs(graph(nodes), () => undefined);
  for (const event of events) inputs.apply(event);
  return inputs.changed();
}

describe('what nodes were given', () => {
  const first = [...ran('far', 1, { version: '1' }), ...ran('near', 1), ...given('1')];

  it('is what they would be given, where nothing has run again', () => {
    expect(changed(first)).toEqual([]);
  });

  it('is another thing where a node that `with` names has handed on something else since, near or far', () => {
    expect(changed([...first, ...ran('far', 2, { version: '2' })])).toEqual(['near', 'deploy']);
    expect(changed([...first, ...ran('far', 2, { version: '1' })])).toEqual([]);
  });

  it('is the same where only what nobody named, far away, handed on something else', () => {
    const { with: _, ...unaware } = deploy;
    expect(changed([...first, ...ran('far', 2, { version: '2' })], [far, near, unaware])).toEqual(['near']);
  });

  it('follows everything upstream where an expression looks at all of it', () => {
    const open = { ...deploy, with: { N: '$count(results.*)' } };
    expect(changed([...first, ...ran('far', 2, { version: '2' })], [far, near, open])).toEqual([
      'near',
      'deploy',
    ]);
    expect(changed([...first, ...ran('deploy', 2, { x: '1' })], [far, near, open])).toEqual([]);
  });
});

describe('the input hash of a node', () => {
  const hashOf = (events: readonly JobEvent[]) => {
    const inputs = createNodeInputs(graph([far, near, deploy]));
    for (const event of events) inputs.apply(event);
    return inputs.hashesOf(deploy);
  };
  const before = [...ran('far', 1), ...ran('near', 1)];

  it('holds what its command is given', () => {
    expect(hashOf([...before, ...given('1')])).toEqual(hashOf([...before, ...given('1')]));
    expect(hashOf([...before, ...given('1')]).input).not.toBe(hashOf([...before, ...given('2')]).input);
    expect(hashOf([...before, ...given('1')]).node).toBe(hashOf([...before, ...given('2')]).node);
  });
});
