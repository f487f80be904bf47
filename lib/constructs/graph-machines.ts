import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { machineName, machinePrefix, runnerName } from '../core/dag/emit/machine-names';
import { acknowledge, acknowledgeWildcards } from './acknowledge';
import type { DeployedGraph } from './deployed-graphs';
import { GraphMachine } from './graph-machine';
import { InlineRole } from './inline-role';
import { removal } from './removal';

export interface GraphMachinesProps {
  readonly environment: EnvironmentConfig;
  readonly graphs: readonly DeployedGraph[];
  /** Definition of the graph runner. */
  readonly runner: string;
  readonly jobsQueue: IQueue;
}

/**
 * The state machines of the deployed graphs and the graph runner. A graph's machine is named by the graph's content, so
 * it is never changed under a running job: a changed graph is another machine.
 */
export class GraphMachines extends Construct {
  readonly runner: GraphMachine;
  readonly role: Role;
  readonly log: LogGroup;

  constructor(scope: Construct, id: string, props: GraphMachinesProps) {
    super(scope, id);
    const { environment, jobsQueue } = props;
    const prefix = machinePrefix(environment.name);
    // One role and one log group for all: a machine that outlives its graph keeps working ones.
    this.log = new LogGroup(this, 'Log', {
      // Under this prefix Step Functions needs no entry of its own in the account's log resource policy.
      logGroupName: `/aws/vendedlogs/states/reprise-${environment.name}`,
      retention: environment.logRetentionDays,
      removalPolicy: removal(environment.dataRetained),
    });
    this.role = machineRole(this, prefix, jobsQueue);
    const add = (name: string, definition: string, nestedName: (nested: string) => string) =>
      new GraphMachine(this, name.slice(prefix.length), {
        environment,
        name,
        definition,
        addresses: {
          jobsQueueUrl: jobsQueue.queueUrl,
          machineArn: (nested) => machineArn(this, nestedName(nested)),
        },
        role: this.role,
        log: this.log,
      });
    this.runner = add(runnerName(prefix), props.runner, () => runnerName(prefix));
    for (const { hash, machines } of props.graphs) {
      const nameOf = (machine: string) => machineName(prefix, hash, machine);
      for (const { name, definition } of machines) add(nameOf(name), definition, nameOf);
    }
  }
}

export function machineArn(scope: Construct, name: string): string {
  return statesArn(scope, 'stateMachine', name);
}

export function statesArn(scope: Construct, resource: string, resourceName: string): string {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
  return Stack.of(scope).formatArn({ service: 'states', resource, resourceName, arnFormat });
}

/** May send a node to the jobs queue and run the nested machines of a split graph; nothing else. */
function machineRole(scope: Construct, prefix: string, jobsQueue: IQueue): Role {
  const role = new InlineRole(scope, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
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
