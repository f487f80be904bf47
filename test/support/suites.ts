import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RunnerName, TestId, TestReport } from '../../lib/core/model/test-results';
import { formatOf } from '../../lib/reports/formats';
import { parseCommand } from '../../lib/runners/command';
import type { Rerun, Runner } from '../../lib/runners/runner';
import { runnerNamed } from '../../lib/runners/runners';

const BIN = resolve('node_modules/.bin');

export interface Suite {
  readonly cwd: string;
  /** Where the report goes, for the command. */
  readonly report: string;
  /** @returns the exit status and what was reported, if anything was. */
  readonly run: (
    command: string,
    env?: NodeJS.ProcessEnv,
  ) => { status: number; report: TestReport | undefined };
  /** Which tests have run since the last call, as they noted themselves. */
  readonly ran: () => readonly string[];
  /** The command of a rerun, its files written. */
  readonly rerun: (command: string, tests: readonly TestId[]) => Rerun;
  readonly remove: () => void;
}

/** A suite of `test/fixtures/runners`, with a runner as it is installed, a report and notes of its own. */
export function suiteOf(name: RunnerName): Suite {
  const dir = mkdtempSync(join(tmpdir(), `reprise-${name}-`));
  const cwd = resolve('test/fixtures/runners', name);
  const report = join(dir, 'report');
  const state = join(dir, 'state');
  const runner = runnerNamed(name) as Runner;
  let noted = 0;
  return {
    cwd,
    report,
    run(command, env = {}) {
      rmSync(report, { force: true });
      const own = {
        PATH: `${BIN}:${process.env['PATH']}`,
        HOME: dir,
        STATE: state,
        PLAYWRIGHT_OUTPUT: join(dir, 'out'),
      };
      const { status } = spawnSync('/bin/sh', ['-c', command], {
        cwd,
        env: { ...own, ...env },
        timeout: 120_000,
      });
      const text = existsSync(report) ? readFileSync(report, 'utf8') : undefined;
      return { status: status ?? -1, report: text === undefined ? undefined : read(text) };
    },
    ran() {
      const all = existsSync(state) ? readFileSync(state, 'utf8').trim().split('\n') : [];
      const fresh = all.slice(noted).sort();
      noted = all.length;
      return fresh;
    },
    rerun(command, tests) {
      const parsed = parseCommand(command);
      if (!parsed) throw new Error(`not a plain command: ${command}`);
      const rerun = runner.rerun(parsed, tests, { scratch: join(dir, 'rerun') });
      for (const { path, text } of rerun.scope === 'whole' ? [] : (rerun.files ?? []))
        writeFileSync(path, text);
      return rerun;
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };

  function read(text: string): TestReport | undefined {
    const { resultsOfCases } = runner;
    return formatOf(text)?.read(text, { runner: name, cwd, ...(resultsOfCases ? { resultsOfCases } : {}) });
  }
}
