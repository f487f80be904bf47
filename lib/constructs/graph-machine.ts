import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { fillDefinition, LIVE_ALIAS } from '../core/dag/emit/machine-names';
import { acknowledge } from './acknowledge';
import { removal } from './removal';

export interface GraphMachineProps {
  readonly environment: EnvironmentConfig;
  /** Physical name; at most 80 characters. */
  readonly name: string;
  /** Amazon States Language as the compiler writes it, with placeholders. */
  readonly definition: string;
  /** What stands for the placeholders. */
  readonly addresses: Parameters<typeof fillDefinition>[1];
  readonly role: IRole;
  readonly log: ILogGroup;
}

/** A template ends at 1 MB, and one stack holds many machines: what is larger lies beside it, in the assets' bucket. */
const INLINE_BYTES = 20_000;

/** In the template or as an asset, where the addresses, which are known at deployment only, are put in by name. */
function definitionOf({ environment, definition, addresses }: GraphMachineProps) {
  if (definition.length <= INLINE_BYTES || !cloudFeatures(environment.name).definitionAssets)
    return { definitionBody: DefinitionBody.fromString(fillDefinition(definition, addresses)) };
  const definitionSubstitutions: Record<string, string> = { JobsQueueUrl: addresses.jobsQueueUrl };
  const named = fillDefinition(definition, {
    jobsQueueUrl: '${JobsQueueUrl}',
    machineArn(machine) {
      // A name of a substitution has letters and digits only.
      const name = `Machine${machine.replaceAll(/[^A-Za-z0-9]/g, '')}`;
      definitionSubstitutions[name] = addresses.machineArn(machine);
      return `\${${name}}`;
    },
  });
  const file = join(mkdtempSync(join(tmpdir(), 'reprise-machine-')), 'definition.asl.json');
  writeFileSync(file, named);
  return { definitionBody: DefinitionBody.fromFile(file), definitionSubstitutions };
}

/** One state machine, with a published version and the alias `live` where versions exist. */
export class GraphMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { environment, ...props }: GraphMachineProps) {
    super(scope, id);
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: props.name,
      stateMachineType: StateMachineType.STANDARD,
      ...definitionOf({ environment, ...props }),
      role: props.role,
      // What goes well is in the journal and in the execution's own history, and six lines a node are dear. Without the
      // data: a task's input carries its token.
      logs: { destination: props.log, level: LogLevel.ERROR, includeExecutionData: false },
      tracingEnabled: true,
      // Deleting a machine ends its executions at their next state, so a graph that left the stack keeps its machine:
      // https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
      removalPolicy: removal(environment.dataRetained),
    });
    acknowledge(
      this.machine,
      ['SF1'],
      'What goes well is in the journal and in the history of the execution; six lines a node would be most of the log.',
    );
    if (!cloudFeatures(environment.name).machineVersions) return;
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.machine.stateMachineArn,
      stateMachineRevisionId: this.machine.stateMachineRevisionId,
    });
    // Executions that were started on an older version keep it.
    version.applyRemovalPolicy(removal(true));
    new CfnStateMachineAlias(this, 'Live', {
      name: LIVE_ALIAS,
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
  }
}
