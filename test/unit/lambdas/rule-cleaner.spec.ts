import {
  DeleteRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { createClean } from '../../../lambdas/rule-cleaner/clean';
import { removeRulesOfTriggers } from '../../../lib/adapters/aws/events/trigger-sources';

const asked = (RequestType: 'Create' | 'Update' | 'Delete') =>
  ({
    RequestType,
    ResponseURL: 'https://answer.test/',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Rules',
  }) as unknown as CloudFormationCustomResourceEvent;

describe('the resource that cleans up', () => {
  it.each([
    ['Create', 0],
    ['Update', 0],
    ['Delete', 1],
  ] as const)('answers %s, and removes rules only when the stack is deleted', async (type, times) => {
    const removeRules = jest.fn(async () => 3);
    const respond = jest.fn(async () => {});
    await createClean({ removeRules, respond })(asked(type));
    expect(removeRules).toHaveBeenCalledTimes(times);
    expect(respond).toHaveBeenCalledWith('https://answer.test/', {
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Rules',
      PhysicalResourceId: 'rules-of-triggers',
      Status: 'SUCCESS',
    });
  });

  it('says why it failed: CloudFormation would wait an hour for an answer', async () => {
    const removeRules = async () => Promise.reject(new Error('not allowed'));
    const respond = jest.fn(async () => {});
    await createClean({ removeRules, respond })(asked('Delete'));
    const [, answer] = respond.mock.calls[0] as unknown as [string, { Status: string; Reason: string }];
    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('not allowed');
  });
});

describe('the rules of triggers', () => {
  it('are removed to the last, each after its target', async () => {
    const client = mockClient(EventBridgeClient);
    const rules = new Set(['reprise-trigger-a', 'reprise-trigger-b', 'reprise-trigger-c']);
    const calls: string[] = [];
    client.on(ListRulesCommand).callsFake(({ EventBusName, NamePrefix }) => {
      expect([EventBusName, NamePrefix]).toEqual(['bus', 'reprise-trigger-']);
      return { Rules: [...rules].slice(0, 2).map((Name) => ({ Name })), NextToken: 'more' };
    });
    client.on(RemoveTargetsCommand).callsFake(({ Rule }) => {
      calls.push(`targets of ${Rule}`);
      return {};
    });
    client.on(DeleteRuleCommand).callsFake(({ Name }) => {
      calls.push(Name);
      rules.delete(Name);
      return {};
    });
    expect(await removeRulesOfTriggers(new EventBridgeClient({}), 'bus')).toBe(3);
    expect(calls).toEqual(
      ['a', 'b', 'c'].flatMap((id) => [`targets of reprise-trigger-${id}`, `reprise-trigger-${id}`]),
    );
  });
});
