import {
  type AslState,
  createPlanWalker,
  type Plan,
} from '../../../../../lib/adapters/embedded/runtime/plan-walker';
import { compile } from '../../../../../lib/core/dag/compile';
import { indexGraph } from '../../../../../lib/core/dag/graph-index';
import { planOf } from '../../../../../lib/core/dag/plan/plan-only';
import { graphFromEdges, seededRandom } from '../../../../support/graphs';

const task = (next?: string): AslState => ({ Type: 'Task', ...(next ? { Next: next } : { End: true }) });
const machine = (start: string, states: Record<string, AslState>) => ({ StartAt: start, States: states });
const child = (name: string, next?: string): AslState & Record<string, unknown> => ({
  ...task(next),
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Parameters: { StateMachineArn: `\${machine:${name}}` },
});

function walk(plan: Plan, known: Readonly<Record<string, 'entered' | 'final'>> = {}) {
  const entered: string[] = [];
  let ended = 0;
  const walker = createPlanWalker(plan, {
    look: (nodeId) => (Object.hasOwn(known, nodeId) ? (known[nodeId] ?? 'new') : 'new'),
    enter: (nodeId) => void entered.push(nodeId),
    ended: () => {
      ended += 1;
    },
  });
  walker.start();
  return { entered, walker, ended: () => ended };
}

/** a, then (b | c then d), then e. */
const FORK: Plan = {
  machines: [
    {
      name: 'root',
      definition: machine('a', {
        a: task('both#1'),
        'both#1': {
          Type: 'Parallel',
          Next: 'e',
          Branches: [machine('b', { b: task() }), machine('c', { c: task('d'), d: task() })],
        },
        e: task('#outcome'),
        '#outcome': task(),
      }),
    },
  ],
};

describe('the walk of a plan', () => {
  it('enters what nothing stands before, and what follows a node once that is answered', () => {
    const { entered, walker, ended } = walk(FORK);
    expect(entered).toEqual(['a']);
    walker.answer('a');
    expect(entered).toEqual(['a', 'b', 'c']);
    walker.answer('c');
    walker.answer('b');
    expect(entered).toEqual(['a', 'b', 'c', 'd']);
    walker.answer('d');
    expect(entered).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(ended()).toBe(0);
    walker.answer('e');
    expect(ended()).toBe(1);
  });

  it('does nothing on answers that repeat or that nobody waits for', () => {
    const { entered, walker } = walk(FORK);
    walker.answer('e');
    walker.answer('a');
    walker.answer('a');
    walker.answer('unknown');
    expect(entered).toEqual(['a', 'b', 'c']);
  });

  it('passes nodes that are final, and waits for those entered without entering them again', () => {
    const { entered, walker } = walk(FORK, { a: 'final', b: 'entered', c: 'final' });
    expect(entered).toEqual(['d']);
    walker.answer('d');
    walker.answer('b');
    expect(entered).toEqual(['d', 'e']);
  });

  it('ends at once when every node is final', () => {
    const { entered, ended } = walk(FORK, { a: 'final', b: 'final', c: 'final', d: 'final', e: 'final' });
    expect(entered).toEqual([]);
    expect(ended()).toBe(1);
  });

  it('walks child machines in their place', () => {
    const plan: Plan = {
      machines: [
        {
          name: 'root',
          definition: machine('machine#part', { 'machine#part': child('part', 'z'), z: task() }),
        },
        {
          name: 'part',
          definition: machine('x', { x: task('y'), y: task('y#end'), 'y#end': { Type: 'Pass' } }),
        },
      ],
    };
    const { entered, walker } = walk(plan);
    for (const id of ['x', 'y', 'z']) {
      expect(entered.at(-1)).toBe(id);
      walker.answer(id);
    }
    expect(entered).toEqual(['x', 'y', 'z']);
  });

  it('takes any id for a node', () => {
    const states = Object.fromEntries([
      ['__proto__', task('constructor')],
      ['constructor', task()],
    ]);
    const { entered, walker } = walk({
      machines: [{ name: 'root', definition: machine('__proto__', states) }],
    });
    walker.answer('__proto__');
    expect(entered).toEqual(['__proto__', 'constructor']);
  });

  it('refuses a plan that lacks a state', () => {
    const plan = { machines: [{ name: 'root', definition: machine('a', { a: task('b') }) }] };
    const { walker } = walk(plan);
    expect(() => walker.answer('a')).toThrow('no state b');
  });

  it('passes thousands of states in series without recursion', () => {
    const states: Record<string, AslState> = {};
    for (let i = 0; i < 20_000; i++) {
      states[`p#${i}`] = {
        Type: 'Parallel',
        Next: `p#${i + 1}`,
        Branches: [machine('x#', { 'x#': { Type: 'Pass' } })],
      };
    }
    states['p#20000'] = { Type: 'Pass', End: true };
    const { ended } = walk({ machines: [{ name: 'root', definition: machine('p#0', states) }] });
    expect(ended()).toBe(1);
  });

  it.each(
    [1, 2, 3, 4, 5, 6].flatMap((seed) => [
      { of: 'a compiled graph', plan: compile, seed },
      { of: 'a graph of which only the plan was made', plan: planOf, seed },
    ]),
  )(
    'reaches every node of $of once, none before a node whose structure it follows (seed $seed)',
    ({ plan, seed }) => {
      const random = seededRandom(seed);
      const size = 120;
      const edges = Array.from({ length: 260 }, () => {
        const to = 1 + Math.floor(random() * (size - 1));
        return [Math.floor(random() * to), to] as const;
      });
      const graph = graphFromEdges(size, edges);
      const { entered, walker, ended } = walk(plan(graph));
      const index = indexGraph(graph, 'h');
      const done = new Set<string>();
      for (let i = 0; i < entered.length; i++) {
        // Answers a random node that is entered and whose dependencies are done, as the scheduler would.
        const open = entered.filter(
          (id) =>
            !done.has(id) &&
            index.graph.nodes[index.indexOf.get(id) as number]?.needs.every((n) => done.has(n)),
        );
        const id = open[Math.floor(random() * open.length)] as string;
        expect(id).toBeDefined();
        done.add(id);
        walker.answer(id);
      }
      expect(new Set(entered).size).toBe(size);
      expect(entered).toHaveLength(size);
      expect(ended()).toBe(1);
    },
  );
});
