import type { RunnerName, TestId } from '../../lib/core/model/test-results';
import { parseCommand } from '../../lib/runners/command';
import type { Rerun } from '../../lib/runners/runner';
import { runnerNamed } from '../../lib/runners/runners';

/** How a command is made to run tests again; its files would lie below `/scratch`. */
export function rerunOf(runner: RunnerName, command: string, tests: readonly Partial<TestId>[]): Rerun {
  const parsed = parseCommand(command);
  if (!parsed) throw new Error(`not a plain command: ${command}`);
  const ids = tests.map((test): TestId => ({ runner, suites: [], title: 'a test', ...test }));
  const rerun = runnerNamed(runner)?.rerun(parsed, ids, { scratch: '/scratch' });
  if (!rerun) throw new Error(`no adapter of ${runner}`);
  return rerun;
}

/** The command of a rerun; for a whole one, why it is. */
export function commandOf(rerun: Rerun): string {
  return rerun.scope === 'whole' ? rerun.why : rerun.command;
}
