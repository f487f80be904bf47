import fc from 'fast-check';
import { createBench, jobNode, SHELLS } from '../../unit/importers/github-run';

type Result = 'success' | 'failure' | 'skipped';

interface Step {
  readonly condition: Condition | undefined;
  readonly code: number;
  readonly mayFail: boolean;
}

/** A condition as a workflow writes it, and when it holds: `src/Runner.Worker/Expressions` of actions/runner. */
interface Condition {
  readonly text: string;
  readonly holds: (run: Run) => boolean;
}

interface Run {
  readonly status: 'success' | 'failure';
  readonly outcomes: readonly Result[];
  readonly conclusions: readonly Result[];
}

const STATUS: readonly Condition[] = [
  { text: 'success()', holds: ({ status }) => status === 'success' },
  { text: 'failure()', holds: ({ status }) => status === 'failure' },
  { text: 'always()', holds: () => true },
  { text: 'cancelled()', holds: () => false },
  { text: "job.status == 'failure'", holds: ({ status }) => status === 'failure' },
  { text: 'false', holds: () => false },
];

const ofStep = fc
  .record({
    index: fc.nat(4),
    what: fc.constantFrom('outcome' as const, 'conclusion' as const),
    op: fc.constantFrom('==', '!='),
    result: fc.constantFrom('success' as const, 'failure' as const, 'skipped' as const),
  })
  .map(({ index, what, op, result }): Condition => {
    const valueIn = (run: Run) => run[what === 'outcome' ? 'outcomes' : 'conclusions'][index] ?? '';
    return {
      text: `steps.s${index}.${what} ${op} '${result}'`,
      holds: (run) => (valueIn(run) === result) === (op === '=='),
    };
  });

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...STATUS),
    ofStep,
    tie('condition').map(({ text, holds }) => ({ text: `!(${text})`, holds: (run: Run) => !holds(run) })),
    fc.tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition')).map(([a, op, b]) => ({
      text: `(${a.text} ${op} ${b.text})`,
      holds: (run: Run) => (op === '&&' ? a.holds(run) && b.holds(run) : a.holds(run) || b.holds(run)),
    })),
  ),
}));

const steps = fc.array(
  fc.record({
    condition: fc.option(condition, { nil: undefined }),
    code: fc.constantFrom(0, 0, 0, 1, 7),
    mayFail: fc.boolean(),
  }),
  { minLength: 1, maxLength: 5 },
);

/** What the runner does with them (`StepsRunner.RunAsync`, `ExecutionContext.ApplyContinueOnError`). */
function expected(all: readonly Step[]): { ran: number[]; code: number } {
  const ran: number[] = [];
  const outcomes: Result[] = [];
  const conclusions: Result[] = [];
  let status: Run['status'] = 'success';
  let code = 0;
  for (const [i, step] of all.entries()) {
    const asks = /(success|failure|always|cancelled)\(\)/.test(step.condition?.text ?? '');
    const holds = step.condition?.holds({ status, outcomes, conclusions }) ?? true;
    if (!holds || (!asks && status === 'failure')) {
      outcomes.push('skipped');
      conclusions.push('skipped');
      continue;
    }
    ran.push(i);
    outcomes.push(step.code === 0 ? 'success' : 'failure');
    conclusions.push(step.code === 0 || step.mayFail ? 'success' : 'failure');
    if (step.code === 0 || step.mayFail) continue;
    if (status === 'success') code = step.code;
    status = 'failure';
  }
  return { ran, code };
}

describe.each(SHELLS)('the steps of a job, run by %s', (_, shell) => {
  const bench = createBench();

  it('run when, and end as, those of GitHub do, whatever they ask of each other', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const body = all.map(({ condition: given, code, mayFail }, i) => ({
          id: `s${i}`,
          run: `echo ${i}\nexit ${code}`,
          ...(given ? { if: given.text } : {}),
          ...(mayFail ? { 'continue-on-error': true } : {}),
        }));
        const { status, stdout } = bench.run(jobNode(`steps: ${JSON.stringify(body)}`).run, shell);
        const { ran, code } = expected(all);
        expect({ status, ran: stdout.split('\n').filter(Boolean).map(Number) }).toEqual({
          status: code,
          ran,
        });
      }),
      { numRuns: 60 },
    );
  });
});
