import { RemovalPolicy } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { cloudFeatures } from '../config/local-limits';
import type { EnvironmentConfig } from '../config/schema';
import { LIVE_ALIAS } from '../core/dag/emit/machine-names';

export interface GraphMachineProps {
  readonly environment: EnvironmentConfig;
  /** Physical name; at most 80 characters. */
  readonly name: string;
  /** Amazon States Language with every placeholder filled in. */
  readonly definition: string;
  readonly role: IRole;
  readonly log: ILogGroup;
}

/** One state machine, with a published version and the alias `live` where versions exist. */
export class GraphMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { environment, ...props }: GraphMachineProps) {
    super(scope, id);
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: props.name,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(props.definition),
      role: props.role,
      // What goes well is in the journal and in the execution's own history, and six lines a node are dear. Without the
      // data: a task's input carries its token.
      logs: { destination: props.log, level: LogLevel.ERROR, includeExecutionData: false },
      tracingEnabled: true,
      // Deleting a machine ends its executions at their next state, so a graph that left the stack keeps its machine:
      // https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
      removalPolicy: environment.dataRetained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    if (!cloudFeatures(environment.name).machineVersions) return;
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.machine.stateMachineArn,
      stateMachineRevisionId: this.machine.stateMachineRevisionId,
    });
    // Executions that were started on an older version keep it.
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    new CfnStateMachineAlias(this, 'Live', {
      name: LIVE_ALIAS,
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
  }
}
