import { chownSync, rmSync, writeFileSync } from 'node:fs';
import type { Reports, TestId } from '../../../../core/model/test-results';
import type { Work } from '../../../../core/model/work';
import { rerunCommand } from '../../../../runners/rerun';
import type { Rerun } from '../../../../runners/runner';
import type { AttemptFiles } from '../../disk/attempt-files';
import { PRIVATE_FILE } from '../../disk/privacy';
import type { RunAs } from '../guard';
import { findFiles } from './find';
import { isReport } from './fresh';

/** What an attempt does about its tests: where its reports are, and which tests it is to run. */
export interface TestPlan {
  readonly reports: Reports;
  readonly cwd: string;
  /** As the node has it; what runs may be another one. */
  readonly command: string;
  readonly runAs: RunAs | undefined;
  readonly rerun?: { readonly asked: readonly TestId[]; readonly how: Rerun };
}

interface Planned {
  readonly work: Work;
  readonly command: string;
  readonly files: AttemptFiles;
  readonly cwd: string;
  readonly runAs: RunAs | undefined;
  readonly isolate: string | undefined;
}

/** The same whenever it is asked, so that a process that takes over knows it too. Undefined without `reports`. */
export function planTests({ work, command, files, cwd, runAs, isolate }: Planned): TestPlan | undefined {
  const { reports, tests } = work;
  if (!reports || reports.length === 0) return undefined;
  const plan = { reports, cwd, command, runAs };
  if (!tests || tests.length === 0) return plan;
  const [named] = reports.flatMap(({ runner }) => (runner === undefined ? [] : [runner]));
  const how = rerunCommand({ command, tests, named }, { scratch: files.report });
  // What `--isolate` puts around commands need not show them our files.
  const isHidden = isolate !== undefined && how.scope !== 'whole' && how.files !== undefined;
  const whole = {
    scope: 'whole',
    why: 'its list of tests cannot be seen from where the command is isolated',
  } as const;
  return { ...plan, rerun: { asked: tests, how: isHidden ? whole : how } };
}

/** What the attempt runs. */
export function commandToRun({
  command,
  rerun,
}: TestPlan): Pick<Extract<Rerun, { command: string }>, 'command' | 'env'> {
  return rerun && rerun.how.scope !== 'whole' ? rerun.how : { command };
}

/** Before the command begins: takes old reports away, and writes what the rerun needs. @throws what `fs` throws */
export function prepareTests({ reports, cwd, runAs, rerun }: TestPlan): void {
  // Where commands run as somebody else, what lies in their place is not ours to delete: only the times are checked.
  if (!runAs) {
    for (const path of reports.flatMap((report) => findFiles(cwd, report.path))) {
      if (isReport(path)) rmSync(path, { force: true });
    }
  }
  if (!rerun || rerun.how.scope === 'whole') return;
  for (const { path, text } of rerun.how.files ?? []) {
    writeFileSync(path, text, { mode: PRIVATE_FILE });
    if (runAs) chownSync(path, runAs.uid, runAs.gid);
  }
}
