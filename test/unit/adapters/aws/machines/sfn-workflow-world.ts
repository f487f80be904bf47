import { SFNClient } from '@aws-sdk/client-sfn';
import { executionName } from '../../../../../lib/adapters/aws/machines/execution-name';
import { createSfnWorkflow } from '../../../../../lib/adapters/aws/machines/sfn-workflow';
import type {
  RecordedChoice,
  WorkflowChoice,
  WorkflowChoices,
  WorkflowRun,
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

/** Choices in memory by job, and by job and run where it is a later one, with what the table does to them. */
export function memoryChoices(): WorkflowChoices & { readonly items: Map<string, RecordedChoice> } {
  const items = new Map<string, RecordedChoice>();
  const keyOf = ({ jobId, run }: WorkflowRun) => (run === 1 ? jobId : `${jobId}#${run}`);
  const set = (of: WorkflowRun, added: RecordedChoice) => {
    const next = { ...added, ...items.get(keyOf(of)) };
    items.set(keyOf(of), next);
    return next;
  };
  return {
    items,
    get: async (of) => items.get(keyOf(of)),
    choose: async (of, choice) => items.get(keyOf(of)) ?? set(of, choice),
    replace: async (of, found, by) => {
      const held = items.get(keyOf(of));
      const isFound = held?.stateMachineArn === found.stateMachineArn && held.executionArn === undefined;
      if (isFound) items.set(keyOf(of), { ...held, stateMachineArn: by.stateMachineArn });
      return items.get(keyOf(of)) ?? by;
    },
    started: async (of, executionArn) => set(of, { executionArn }),
    stopped: async (of, stoppedAt) => set(of, { stoppedAt }),
  };
}

/** A workflow whose choices begin with the machines given, one for each time it is asked. */
export function world(arns: readonly string[]) {
  const choices = memoryChoices();
  const left = [...arns];
  const choose = jest.fn(async (of: WorkflowRun) => {
    return { ...choiceOf(left.shift() ?? machine), executionName: executionName(of) };
  });
  const workflow = createSfnWorkflow(new SFNClient({}), {
    choices,
    choose,
    graphRunnerArn: runner,
    startable: (arn) => `${arn}:live`,
    clock: () => 1_000,
  });
  return { workflow, choices, choose };
}
