import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from 'aws-lambda';

export interface CleanDeps {
  /** Removes the rules that were made at run time. @returns how many. */
  readonly removeRules: () => Promise<number>;
  /** Hands CloudFormation its answer, for which it waits an hour. */
  readonly respond: (url: string, answer: CloudFormationCustomResourceResponse) => Promise<void>;
}

/**
 * Serves a resource of CloudFormation that has nothing to make: when the stack is deleted, it removes what the stack
 * does not know of and what would keep the bus from being deleted.
 */
export function createClean({ removeRules, respond }: CleanDeps) {
  return async (event: CloudFormationCustomResourceEvent): Promise<void> => {
    const { RequestType, ResponseURL, StackId, RequestId, LogicalResourceId } = event;
    const answer = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: 'rules-of-triggers' };
    try {
      if (RequestType === 'Delete') await removeRules();
    } catch (error) {
      const Reason = `the rules of triggers could not be removed: ${(error as Error).message}`;
      return respond(ResponseURL, { ...answer, Status: 'FAILED', Reason });
    }
    return respond(ResponseURL, { ...answer, Status: 'SUCCESS' });
  };
}
