import type { Path } from '../../core/dag/check/problems';
import type { Tell } from './env';

/** Files that GitHub's runner gives to steps and reads afterwards. */
const RUNNER_FILES = ['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'] as const;

/** Steps as one command: each in turn, ended by the first that fails. */
export function joinBlocks(exports: readonly string[], blocks: readonly (readonly string[])[]): string {
  const lines = [...exports, ...blocks.flat()];
  return lines.length === 1 ? lines[0]! : ['set -e', ...lines].join('\n');
}

/**
 * Lines that give the runner's files to commands that write to them. Outputs become the node's outputs, which are
 * written in the same forms, `name=value` and `name<<END`; nobody reads the others.
 */
export function runnerFiles(texts: readonly string[], path: Path, tell: Tell): string[] {
  const all = texts.join('\n');
  return RUNNER_FILES.flatMap((name) => {
    if (!all.includes(name)) return [];
    const isOutput = name === 'GITHUB_OUTPUT';
    const message = isOutput
      ? 'what is written to $GITHUB_OUTPUT becomes the outputs of the node, without the id of the step'
      : `nobody reads what is written to $${name}`;
    tell('changed', [...path, 'steps'], message);
    return [`export ${name}=${isOutput ? '"${REPRISE_OUTPUT:-/dev/null}"' : '/dev/null'}`];
  });
}
