import type { RunnerName } from '../core/model/test-results';
import type { Command } from './command';
import { jestRunner } from './jest';
import { mocha } from './mocha';
import { nodeTest } from './node-test';
import { playwright } from './playwright';
import type { Runner } from './runner';
import { vitest } from './vitest';

const ALL: readonly Runner[] = [playwright, jestRunner, vitest, mocha, nodeTest];

export function runnerNamed(name: RunnerName): Runner | undefined {
  return ALL.find((runner) => runner.name === name);
}

/** Seen from its words; undefined for a script, which hides them. */
export function runnerOf(command: Command): Runner | undefined {
  return ALL.find((runner) => runner.recognises(command));
}
