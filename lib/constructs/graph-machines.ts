import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge, acknowledgeWildcards } from './acknowledge';
import type { DeployedGraph } from './deployed-graphs';
import { GraphMachine } from './graph-machine';

export interface GraphMachinesProps {
  readonly environment: EnvironmentConfig;
  readonly graphs: readonly DeployedGraph[];
  /** Definition of the machine that runs any graph. */
  readonly runner: string;
  readonly jobsQueue: IQueue;
}

/**
 * The state machines of the deployed graphs and the generic one. A graph's machine is named by the graph's content, so
 * it is never changed under a running job: a changed graph is another machine.
 */
export class GraphMachines extends Construct {
  readonly runner: GraphMachine;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: GraphMachinesProps) {
    super(scope, id);
    const { environment, jobsQueue } = props;
    const prefix = machinePrefix(environment);
    // One role and one log group for all: a machine that outlives its graph keeps working ones.
    const log = new LogGroup(this, 'Log', {
      // Under this prefix Step Functions needs no entry of its own in the account's log resource policy.
      logGroupName: `/aws/vendedlogs/states/reprise-${environment.name}`,
      retention: environment.logRetentionDays,
      removalPolicy: environment.dataRetained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.role = machineRole(this, prefix, jobsQueue);
    /** @param graph name of the root machine, which begins the names of the nested ones. */
    const add = (graph: string, suffix: string, definition: string) =>
      new GraphMachine(this, `${graph.slice(prefix.length)}${suffix}`, {
        environment,
        name: `${graph}${suffix}`,
        definition: fill(definition, jobsQueue.queueUrl, (nested) => machineArn(this, `${graph}-${nested}`)),
        role: this.role,
        log,
      });
    this.runner = add(`${prefix}graph-runner`, '', props.runner);
    for (const { hash, machines } of props.graphs) {
      for (const { name, definition } of machines) {
        add(`${prefix}${hash.slice(0, 40)}`, name === 'root' ? '' : `-${name}`, definition);
      }
    }
  }
}

export const machinePrefix = (environment: EnvironmentConfig): string => `reprise-${environment.name}-`;

export function machineArn(scope: Construct, name: string): string {
  return statesArn(scope, 'stateMachine', name);
}

export function statesArn(scope: Construct, resource: string, resourceName: string): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return Stack.of(scope).formatArn({ service: 'states', resource, resourceName, arnFormat });
}

/** Puts addresses for the placeholders that the compiler leaves. */
function fill(definition: string, queueUrl: string, nestedArn: (name: string) => string): string {
  return definition
    .replaceAll('${JobsQueueUrl}', queueUrl)
    .replaceAll(/\$\{machine:([^}]+)\}/g, (_, name: string) => nestedArn(name));
}

/** May send a node to the jobs queue and run the nested machines of a split graph; nothing else. */
function machineRole(scope: Construct, prefix: string, jobsQueue: IQueue): Role {
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
  jobsQueue.grantSendMessages(role);
  const machines = machineArn(scope, `${prefix}*`);
  const executions = statesArn(scope, 'execution', `${prefix}*`);
  const syncRule = Stack.of(scope).formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
  });
  role.addToPolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [machines] }));
  // How Step Functions waits for a nested execution: https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html
  role.addToPolicy(
    new PolicyStatement({
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      resources: [executions],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      resources: [syncRule],
    }),
  );
  acknowledgeWildcards(
    role,
    [machines, executions],
    'Machines are named by the content of their graph, unknown before it is compiled: the prefix of this environment is the narrowest name.',
  );
  acknowledge(
    role,
    ['IAM5[Resource::*]'],
    'Log delivery and X-Ray, which a logged and traced state machine needs, have no resources to name.',
  );
  return role;
}
