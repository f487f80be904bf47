import type { RunnerName, TestId } from '../core/model/test-results';
import { type Command, parseCommand } from './command';
import type { Rerun, RerunContext, Runner } from './runner';
import { runnerNamed, runnerOf } from './runners';

interface Wanted {
  readonly command: string;
  readonly tests: readonly TestId[];
  /** As the graph names it, where it does. */
  readonly named: RunnerName | undefined;
}

/** How a command is made to run some of its tests again; as it is, with the reason, where that cannot be said. */
export function rerunCommand({ command, tests, named }: Wanted, context: RerunContext): Rerun {
  const parsed = parseCommand(command);
  if (!parsed) return whole('the command is more than one program with its arguments');
  const runner = adapterFor(parsed, tests, named);
  if (typeof runner === 'string') return whole(runner);
  return runner.rerun(parsed, tests, context);
}

/** What runs the tests: as it is named, as the command shows, or, of a script, as its reports showed. */
function adapterFor(
  command: Command,
  tests: readonly TestId[],
  named: RunnerName | undefined,
): Runner | string {
  const reported = new Set(tests.map(({ runner }) => runner));
  if (reported.size !== 1) return 'its tests are of several runners';
  const shown = named === undefined ? runnerOf(command) : runnerNamed(named);
  if (shown) return shown;
  const [name] = reported;
  const runner = command.isScript ? runnerNamed(name as RunnerName) : undefined;
  return runner ?? 'nothing is known of how its runner selects tests';
}

function whole(why: string): Rerun {
  return { scope: 'whole', why };
}
