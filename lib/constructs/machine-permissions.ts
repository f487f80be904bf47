import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { EnvironmentConfig } from '../config/schema';
import { machinePrefix } from '../core/dag/emit/machine-names';
import { acknowledgeWildcards } from './acknowledge';
import type { EngineParts } from './function-variables';
import { machineArn } from './graph-machines';

/** Tag of the machines that the engine makes at run time; lib/adapters/aws/machines/sfn-machines.ts sets it. */
const REGISTERED = { 'aws:ResourceTag/reprise:origin': 'registered' } as const;

/** The same tag, as a call that makes or tags a machine brings it: this one, and no other beside it. */
const TAGGED = {
  StringEquals: { 'aws:RequestTag/reprise:origin': 'registered' },
  'ForAllValues:StringEquals': { 'aws:TagKeys': ['reprise:origin'] },
} as const;

/** What making a machine takes beside itself: its version and its alias. A version is authorised by its machine. */
const MAKE = [
  'CreateStateMachineAlias',
  'DescribeStateMachine',
  'ListStateMachineVersions',
  'PublishStateMachineVersion',
];

/** Makes state machines of this environment, which run as the machines' role and as no other. */
export function grantMakeMachines(
  fn: LambdaFunction,
  environment: EnvironmentConfig,
  { machineRole }: EngineParts,
): void {
  allow(fn, environment, MAKE);
  // Without the condition it could tag a machine of the stack, and the collector would delete that.
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['states:CreateStateMachine', 'states:TagResource'],
      resources: [ofEnvironment(fn, environment)],
      conditions: TAGGED,
    }),
  );
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [machineRole.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'states.amazonaws.com' } },
    }),
  );
}

/** Deletes machines that the engine made; those of the stack carry no such tag. */
export function grantCollectMachines(fn: LambdaFunction, environment: EnvironmentConfig): void {
  allow(fn, environment, ['ListExecutions']);
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['states:DeleteStateMachine'],
      resources: [ofEnvironment(fn, environment)],
      conditions: { StringEquals: REGISTERED },
    }),
  );
}

/** Finds the executions of this environment that run. */
export function grantListExecutions(fn: LambdaFunction, environment: EnvironmentConfig): void {
  allow(fn, environment, ['ListExecutions']);
  // A list of machines has no resource to name; what it tells are names.
  fn.addToRolePolicy(new PolicyStatement({ actions: ['states:ListStateMachines'], resources: ['*'] }));
  acknowledgeWildcards(fn, ['*'], 'states:ListStateMachines takes only *.');
}

function allow(fn: LambdaFunction, environment: EnvironmentConfig, actions: readonly string[]): void {
  const machines = ofEnvironment(fn, environment);
  fn.addToRolePolicy(
    new PolicyStatement({ actions: actions.map((name) => `states:${name}`), resources: [machines] }),
  );
  acknowledgeWildcards(
    fn,
    [machines],
    'Machines are named by the hash of their graph, unknown before: the prefix of this environment is the narrowest name.',
  );
}

const ofEnvironment = (fn: LambdaFunction, { name }: EnvironmentConfig) =>
  machineArn(fn, `${machinePrefix(name)}*`);
