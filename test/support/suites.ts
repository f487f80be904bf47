import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { present } from '../../lib/core/model/present';
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

interface Where {
  /** Where its programs are, in front of those of this project. */
  readonly bin?: string;
  /** It leaves files beside its tests, so it runs in a copy. */
  readonly isCopied?: boolean;
  /** Robot Framework gives a name without an ending one. */
  readonly reportName?: string;
  /** Its reports, where it does not write one to the path that it is given. */
  readonly reports?: (cwd: string) => readonly string[];
}

/** A suite of `test/fixtures/runners`, with a runner as it is installed, a report and notes of its own. */
export function suiteOf(
  name: RunnerName,
  { bin, isCopied = false, reportName = 'report', reports }: Where = {},
): Suite {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), `reprise-${name}-`)));
  const source = resolve('test/fixtures/runners', name);
  const cwd = isCopied ? join(dir, 'suite') : source;
  if (isCopied) cpSync(source, cwd, { recursive: true });
  const report = join(dir, reportName);
  const state = join(dir, 'state');
  const runner = runnerNamed(name) as Runner;
  let noted = 0;
  return {
    cwd,
    report,
    run(command, env = {}) {
      for (const file of files()) rmSync(file, { force: true });
      const own = {
        PATH: [...(bin ? [bin] : []), BIN, process.env['PATH']].join(':'),
        HOME: dir,
        STATE: state,
        PLAYWRIGHT_OUTPUT: join(dir, 'out'),
      };
      const { status } = spawnSync('/bin/sh', ['-c', command], {
        cwd,
        env: { ...own, ...env },
        timeout: 120_000,
      });
      return { status: status ?? -1, report: read(files().map((file) => readFileSync(file, 'utf8'))) };
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

  function files(): readonly string[] {
    return reports ? reports(cwd) : existsSync(report) ? [report] : [];
  }

  function read(texts: readonly string[]): TestReport | undefined {
    const { resultsOfCases, problemsOfCases } = runner;
    const context = { runner: name, cwd, ...present({ resultsOfCases, problemsOfCases }) };
    const read = texts.flatMap((text) => formatOf(text)?.read(text, context) ?? []);
    if (read.length === 0) return undefined;
    return {
      results: read.flatMap(({ results }) => results),
      problems: read.flatMap(({ problems }) => problems),
    };
  }
}
