import type { Quarantine } from '../../../../lib/core/history/evidence';
import type { AttemptSample } from '../../../../lib/core/history/samples';
import { failedNodes, flakeReport } from '../../../../lib/core/projections/flake-report';

const [A, B] = ['a'.repeat(16), 'b'.repeat(16)] as [string, string];

/** Jobs in which a node failed and passed at its second attempt. */
function flaky(node: string, jobs: number, rest: Partial<AttemptSample> = {}): AttemptSample[] {
  return Array.from({ length: jobs }, (_, job) =>
    [1, 2].map((attempt): AttemptSample => {
      const of = { jobId: `j${job}`, nodeId: `n${node[0]}`, attempt, at: 10 * job + attempt };
      return { ...of, node, input: 'i'.repeat(16), passed: attempt === 2, durationMs: 1, ...rest };
    }),
  ).flat();
}

const failuresIn = (...windows: readonly AttemptSample[][]) =>
  windows
    .flat()
    .filter(({ passed }) => !passed)
    .sort((a, b) => b.at - a.at);

function report(quarantines: readonly Quarantine[] = [], at = 0) {
  const [one, other] = [flaky(A, 5), flaky(B, 1)];
  const windows = new Map([
    [B, other],
    [A, one],
  ]);
  return flakeReport({ failures: failuresIn(one, other), windows, quarantines, at });
}

describe('the report of flakes', () => {
  it('has what fails most for all one knows first, with when it last did', () => {
    expect(report().map(({ name, isProposed, lastFailedIn }) => [name, isProposed, lastFailedIn])).toEqual([
      ['na', true, 'j4'],
      ['nb', false, 'j0'],
    ]);
  });

  it('proposes nothing that is quarantined, and again what has expired', () => {
    const quarantine: Quarantine = {
      ...{
        id: A,
        of: 'node',
        name: 'na',
        owner: 'team',
        reason: 'r',
        by: 'ana',
        createdAt: 0,
        expiresAt: 50,
      },
    };
    expect(report([quarantine])).toMatchObject([
      { name: 'na', isProposed: false, quarantine },
      { name: 'nb' },
    ]);
    expect(report([quarantine], 50)).toMatchObject([
      { name: 'na', isProposed: true, quarantine },
      { name: 'nb' },
    ]);
  });

  it('looks at the nodes that failed last, and at so many only', () => {
    const failures = Array.from({ length: 60 }, (_, i) => flaky(i.toString(16).padStart(16, '0'), 1)[0]);
    const nodes = failedNodes([...failures, ...failures] as AttemptSample[]);
    expect([nodes.length, nodes[0]]).toEqual([50, '0'.repeat(16)]);
  });
});
