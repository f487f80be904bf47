import * as z from 'zod';
import { LIMITS } from '../../../core/limits';
import { positive } from '../../../core/model/bounded';
import { idSchema } from '../../../core/model/ids';
import { present } from '../../../core/model/present';
import type { WorkflowRun } from '../table/workflow-choices';

/** What an execution of a job is given. Those that it starts itself are given more. */
const executionInput = z.object({ jobId: idSchema, run: positive(LIMITS.runs).default(1) });

/**
 * The name of an execution, which Step Functions keeps apart for 90 days: the first run of a job has the name of the job.
 * A job has an id of 64 characters at most, a name may have 80.
 */
export function executionName({ jobId, run }: WorkflowRun): string {
  return run === 1 ? jobId : `${jobId}-run-${run}`;
}

/** The input of an execution as JSON. @param traceId of the job, for whoever reads the execution. */
export function executionInputOf({ jobId, run }: WorkflowRun, traceId?: string): string {
  return JSON.stringify({ jobId, ...(run === 1 ? {} : { run }), ...present({ traceId }) });
}

/**
 * Which run of which job an execution is; undefined where it is one that such a run has started, whose name is nothing of
 * ours. The name alone would not tell: an id may look like the name of a later run.
 * @param input as JSON; without it the name is taken for that of a first run.
 */
export function runOfExecution(name: string, input: string | null | undefined): WorkflowRun | undefined {
  if (input === null || input === undefined) return { jobId: name, run: 1 };
  const given = executionInput.safeParse(readJson(input)).data;
  return given && executionName(given) === name ? given : undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
