import type { RunnerName } from '../core/model/test-results';
import type { Command } from './command';
import { cucumber } from './cucumber';
import { gotestsum } from './gotestsum';
import { jestRunner } from './jest';
import { mocha } from './mocha';
import { nodeTest } from './node-test';
import { playwright } from './playwright';
import { pytest } from './pytest';
import { robot } from './robot';
import type { Runner } from './runner';
import { surefire } from './surefire';
import { vitest } from './vitest';

const ALL: readonly Runner[] = [
  playwright,
  jestRunner,
  vitest,
  mocha,
  nodeTest,
  pytest,
  robot,
  cucumber,
  surefire,
  gotestsum,
];

export function runnerNamed(name: RunnerName): Runner | undefined {
  return ALL.find((runner) => runner.name === name);
}

/** Seen from its words; undefined for a script, which hides them. */
export function runnerOf(command: Command): Runner | undefined {
  return ALL.find((runner) => runner.recognises(command));
}
