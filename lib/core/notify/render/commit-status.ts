import type { Notice } from '../../messages/target';
import { present } from '../../model/present';
import { cut } from './headline';

/** https://docs.github.com/en/rest/commits/statuses#create-a-commit-status */
const DESCRIPTION = 140;
const CONTEXT = 255;

const STATES: Readonly<Record<string, { readonly state: string; readonly said: string }>> = {
  'orchestration.execution.started': { state: 'pending', said: 'is running' },
  'orchestration.execution.completed': { state: 'success', said: 'succeeded' },
  'orchestration.execution.failed': { state: 'failure', said: 'failed' },
  'orchestration.execution.cancelled': { state: 'error', said: 'was cancelled' },
};

export interface CommitStatus {
  readonly commit: string;
  readonly body: Readonly<Record<string, string>>;
}

/** The status that a notice gives to its commit; undefined of one that gives none. */
export function commitStatus(notice: Notice, context: string): CommitStatus | undefined {
  const { type, commit, jobId = '', graph = '', text, link } = notice;
  const status = STATES[type];
  if (commit === undefined || !status) return undefined;
  const { state, said } = status;
  const nodes = /Nodes: (.*)\.$/.exec(text)?.[1];
  const description = `job ${jobId} ${said}${nodes === undefined ? '' : `: ${nodes}`}`;
  return {
    commit,
    body: {
      state,
      description: cut(description, DESCRIPTION),
      context: cut(context.replace('{graph}', graph), CONTEXT),
      ...present({ target_url: link }),
    },
  };
}
