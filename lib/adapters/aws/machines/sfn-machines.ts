import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListStateMachineVersionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { LIVE_ALIAS } from '../../../core/dag/emit/machine-names';
import { RepriseError } from '../../../core/errors';
import { isNamed, upstream } from '../aws-errors';

/** What every registered machine is made with. */
export interface MachineSettings {
  readonly roleArn: string;
  /** Ends with `:*`. */
  readonly logGroupArn: string;
  /** Whether versions and aliases exist here. */
  readonly versions: boolean;
}

/** Tag of the machines that the engine made, which alone it may delete. */
const REGISTERED_TAG = { key: 'reprise:origin', value: 'registered' } as const;

export interface SfnMachines {
  /** Makes a machine with its published version and `live`; does nothing where it exists. */
  readonly create: (arn: string, definition: string) => Promise<void>;
  /** Whether a machine is there and not being deleted. */
  readonly exists: (arn: string) => Promise<boolean>;
  readonly isRunning: (arn: string) => Promise<boolean>;
  /** Deletes a machine with its versions and aliases; does nothing where there is none. */
  readonly remove: (arn: string) => Promise<void>;
  /** What StartExecution is given for a machine. */
  readonly startable: (arn: string) => string;
}

/** Not now, but later: the account's number of machines is reached, or one of this name is on its way out. */
const LATER = [
  'StateMachineLimitExceeded',
  'StateMachineDeleting',
  'ConflictException',
  'ServiceQuotaExceededException',
];

/** State machines made at run time. */
export function createSfnMachines(client: SFNClient, settings: MachineSettings): SfnMachines {
  /** @returns the ARN of the published version, or undefined where the machine exists already. */
  async function createMachine(arn: string, definition: string): Promise<string | undefined> {
    const command = new CreateStateMachineCommand({
      name: arn.slice(arn.lastIndexOf(':') + 1),
      definition,
      roleArn: settings.roleArn,
      type: 'STANDARD',
      // As lib/constructs/graph-machine.ts: without the data, which holds task tokens.
      loggingConfiguration: {
        level: 'ERROR',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: settings.logGroupArn } }],
      },
      tracingConfiguration: { enabled: true },
      tags: [REGISTERED_TAG],
      ...(settings.versions ? { publish: true } : {}),
    });
    try {
      return (await upstream('Step Functions create', () => client.send(command))).stateMachineVersionArn;
    } catch (error) {
      // The name says what it does: one that was made with another role or log does the same.
      if (isNamed(error, 'StateMachineAlreadyExists')) return undefined;
      throw laterOr(error);
    }
  }

  async function publishedVersion(stateMachineArn: string): Promise<string | undefined> {
    const command = new ListStateMachineVersionsCommand({ stateMachineArn });
    const { stateMachineVersions } = await upstream('Step Functions read', () => client.send(command));
    return stateMachineVersions?.[0]?.stateMachineVersionArn;
  }

  async function pointLiveAt(stateMachineVersionArn: string): Promise<void> {
    const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
    const command = new CreateStateMachineAliasCommand({ name: LIVE_ALIAS, routingConfiguration });
    try {
      await upstream('Step Functions alias', () => client.send(command));
    } catch (error) {
      if (isNamed(error, 'ConflictException')) return;
      throw laterOr(error);
    }
  }

  return {
    async create(arn, definition) {
      const created = await createMachine(arn, definition);
      if (!settings.versions) return;
      const version = created ?? (await publishedVersion(arn));
      if (version === undefined) throw new Error(`${arn} has no published version to point ${LIVE_ALIAS} at`);
      await pointLiveAt(version);
    },
    async exists(stateMachineArn) {
      const command = new DescribeStateMachineCommand({ stateMachineArn, includedData: 'METADATA_ONLY' });
      try {
        const { status } = await upstream('Step Functions read', () => client.send(command));
        return status !== 'DELETING';
      } catch (error) {
        if (isNamed(error, 'StateMachineDoesNotExist')) return false;
        throw error;
      }
    },
    async isRunning(stateMachineArn) {
      const command = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 });
      try {
        const { executions } = await upstream('Step Functions read', () => client.send(command));
        return (executions ?? []).length > 0;
      } catch (error) {
        if (isNamed(error, 'StateMachineDoesNotExist')) return false;
        throw error;
      }
    },
    async remove(stateMachineArn) {
      const command = new DeleteStateMachineCommand({ stateMachineArn });
      try {
        await upstream('Step Functions delete', () => client.send(command));
      } catch (error) {
        if (!isNamed(error, 'StateMachineDoesNotExist', 'StateMachineDeleting')) throw error;
      }
    },
    startable: (arn) => (settings.versions ? `${arn}:${LIVE_ALIAS}` : arn),
  };
}

function laterOr(error: unknown): unknown {
  if (!isNamed(error, ...LATER)) return error;
  return new RepriseError('UPSTREAM_UNAVAILABLE', `no machine now: ${(error as Error).message}`, {
    cause: error,
  });
}
