import { SFNClient } from '@aws-sdk/client-sfn';
import { createSfnWorkflow } from '../../../../../lib/adapters/aws/machines/sfn-workflow';
import type {
  RecordedChoice,
  WorkflowChoice,
  WorkflowChoices,
} from '../../../../../lib/adapters/aws/table/workflow-choices';

export const prefix = 'arn:aws:states:eu-west-1:111122223333:stateMachine:reprise-dev-';
export const runner = `${prefix}graph-runner`;
export const hash = 'ab'.repeat(32);
export const machine = `${prefix}${hash.slice(0, 40)}`;
export const named = (name: string) => Object.assign(new Error(name), { name });

export const choiceOf = (stateMachineArn: string): WorkflowChoice => ({
  graphHash: hash,
  stateMachineArn,
  executionName: 'j',
});

/** Choices in memory, with what the table does to them. */
export function memoryChoices(): WorkflowChoices & { readonly items: Map<string, RecordedChoice> } {
  const items = new Map<string, RecordedChoice>();
  const set = (jobId: string, added: RecordedChoice) => {
    const next = { ...added, ...items.get(jobId) };
    items.set(jobId, next);
    return next;
  };
  return {
    items,
    get: async (jobId) => items.get(jobId),
    choose: async (jobId, choice) => items.get(jobId) ?? set(jobId, choice),
    replace: async (jobId, found, by) => {
      const held = items.get(jobId);
      const isFound = held?.stateMachineArn === found.stateMachineArn && held.executionArn === undefined;
      if (isFound) items.set(jobId, { ...held, stateMachineArn: by.stateMachineArn });
      return items.get(jobId) ?? by;
    },
    started: async (jobId, executionArn) => set(jobId, { executionArn }),
    stopped: async (jobId, stoppedAt) => set(jobId, { stoppedAt }),
  };
}

/** A workflow whose choices begin with the machines given, one for each time it is asked. */
export function world(arns: readonly string[]) {
  const choices = memoryChoices();
  const left = [...arns];
  const choose = jest.fn(async () => choiceOf(left.shift() ?? machine));
  const workflow = createSfnWorkflow(new SFNClient({}), {
    choices,
    choose,
    graphRunnerArn: runner,
    startable: (arn) => `${arn}:live`,
    clock: () => 1_000,
  });
  return { workflow, choices, choose };
}
