import fc from 'fast-check';
import { parseGraphDocument } from '../../../lib/core/dag/parse';
import { type DependencyResult, triggerHolds } from '../../../lib/core/dag/trigger-rule';
import { importBuildkite } from '../../../lib/importers/buildkite/import';

type Step =
  | { readonly kind: 'command'; readonly passes: boolean; readonly on: readonly Dependency[] | undefined }
  | { readonly kind: 'wait'; readonly goesOn: boolean };

/** On an earlier command, by its place among them. */
interface Dependency {
  readonly on: number;
  readonly allow: boolean;
}

type State = 'succeeded' | 'failed' | 'skipped';

const dependency = fc.record({ on: fc.nat(20), allow: fc.boolean() });
const command = fc.record({
  kind: fc.constant('command' as const),
  passes: fc.boolean(),
  on: fc.option(fc.array(dependency, { maxLength: 3 }), { nil: undefined, freq: 3 }),
});
const wait = fc.record({ kind: fc.constant('wait' as const), goesOn: fc.boolean() });
const steps = fc.array(fc.oneof({ arbitrary: command, weight: 3 }, { arbitrary: wait, weight: 2 }), {
  ...{ minLength: 1, maxLength: 14 },
});

/** The commands before a step that it names. */
const named = (on: readonly Dependency[], before: number) =>
  before === 0 ? [] : [...new Map(on.map((each) => [each.on % before, each.allow])).entries()];

/** What the documentation says becomes of each command, in the words of the documentation. */
function documented(pipeline: readonly Step[]): State[] {
  const states: State[] = [];
  let isOpen = true;
  for (const step of pipeline) {
    if (step.kind === 'wait') {
      // "A wait step is dependent on all previous steps completing successfully"; one that continues on failure still does
      // not run behind "a failure followed by a regular wait step".
      isOpen = step.goesOn ? isOpen : isOpen && states.every((state) => state === 'succeeded');
      continue;
    }
    const runs =
      step.on === undefined
        ? isOpen
        : named(step.on, states.length).every(([on, allow]) => allow || states[on] === 'succeeded');
    states.push(runs ? (step.passes ? 'succeeded' : 'failed') : 'skipped');
  }
  return states;
}

function yaml(pipeline: readonly Step[]): string {
  let count = 0;
  const list = pipeline.map((step) => {
    if (step.kind === 'wait') return { wait: null, continue_on_failure: step.goesOn };
    const own = step.on && named(step.on, count);
    const depends = own?.map(([on, allow]) => ({ step: `s${on}`, allow_failure: allow }));
    return { command: 'x', key: `s${count++}`, ...(depends ? { depends_on: depends } : {}) };
  });
  return JSON.stringify({ steps: list });
}

const RESULTS: Readonly<Record<State, DependencyResult>> = {
  ...{ succeeded: 'success', failed: 'failure', skipped: 'skip' },
};

/** What becomes of each node of the graph, in its order. */
function executed(text: string, passes: readonly boolean[]): State[] {
  const { graph } = importBuildkite({ text, source: 'given' }, { name: 'p' });
  const states = new Map<string, State>();
  for (const [i, { id, needs, trigger, when }] of parseGraphDocument(graph).nodes.entries()) {
    const rule =
      needs.length === 0 ||
      triggerHolds(
        trigger,
        needs.map((need) => RESULTS[states.get(need)!]),
      );
    states.set(id, rule && holds(when, states) ? (passes[i] ? 'succeeded' : 'failed') : 'skipped');
  }
  return [...states.values()];
}

/** The conditions that the importer writes: statuses, joined by `and`. */
function holds(when: string | undefined, states: ReadonlyMap<string, State>): boolean {
  return (when?.split(' and ') ?? []).every((part) => {
    const [, id, one, several] = /^results\.`(\w+)`\.status (?:= "(\w+)"|in (\[.*\]))$/.exec(part)!;
    const wanted: readonly string[] = one === undefined ? JSON.parse(several!) : [one];
    return wanted.includes(states.get(id!)!);
  });
}

describe('an imported pipeline of Buildkite', () => {
  it('runs the commands that the documentation of waits and dependencies says', () => {
    fc.assert(
      fc.property(
        steps.filter((each) => each.some(({ kind }) => kind === 'command')),
        (pipeline) => {
          const passes = pipeline.flatMap((step) => (step.kind === 'command' ? [step.passes] : []));
          expect(executed(yaml(pipeline), passes)).toEqual(documented(pipeline));
        },
      ),
      { numRuns: 500 },
    );
  });
});
