import type { GraphIndex } from '../dag/graph-index';
import type { EditedInput } from '../model/edited-input';
import { type Parameters, parametersSchema } from '../model/parameters';
import type { ReadOnly } from '../model/read-only';
import type { Given } from '../model/variable';
import type { Work } from '../model/work';
import { nodeById } from './nodes';
import type { JobState } from './state';

/** What a person's command takes the place of. It is taken as it is: nothing in it is filled in. */
export function workFor(work: Work, edited: EditedInput | undefined): Work {
  return edited?.run === undefined || work.kind !== 'command' ? work : { ...work, run: edited.run };
}

/** The work with what the node is given. */
export function workWith(work: Work, given: Given | undefined): Work {
  return given ? { ...work, variables: { ...work.variables, ...given } } : work;
}

/** The parameters of a job, and what a person put in their place for one node. */
export function parametersFor(
  parameters: Parameters | undefined,
  edited: EditedInput | undefined,
): Parameters | undefined {
  return edited?.parameters ? { ...parameters, ...edited.parameters } : parameters;
}

/** Why what people want nodes to run with cannot be. */
export function editProblem(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  inputs: Readonly<Record<string, EditedInput>>,
): string | undefined {
  for (const [nodeId, edited] of Object.entries(inputs)) {
    const found = nodeById(index, state, nodeId);
    if (!found) return `the job has no node ${nodeId}`;
    const { node, spec } = found;
    if (node.fanOut)
      return `${nodeId} is a fan-out and runs nothing itself: edit its items, such as ${nodeId}-1`;
    if (edited.run !== undefined && spec.work.kind !== 'command')
      return `${nodeId} runs a suite: there is no command to put in its place`;
    const parameters = parametersSchema.safeParse(parametersFor(state.submitted?.parameters, edited) ?? {});
    if (!parameters.success)
      return `the parameters of ${nodeId}, with those of the job: ${parameters.error.issues[0]?.message}`;
  }
  return undefined;
}
