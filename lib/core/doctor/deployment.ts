import { type Check, fail, pass, warn } from './check';

/** What can be seen of a deployed environment. */
export interface DeploymentFacts {
  readonly environment: string;
  /** Stacks that should be there, with their status; undefined of one that is not. */
  readonly stacks: readonly { readonly name: string; readonly status?: string | undefined }[];
  /** Version of Reprise that was deployed; undefined where the stack says none. */
  readonly deployedVersion?: string | undefined;
  readonly ownVersion: string;
  readonly table?: {
    readonly name: string;
    readonly status: string;
    readonly isRecoverable: boolean;
    readonly layout: number;
    readonly newestLayout: number;
  };
  /** Queues of the stack: where what cannot be handled goes, and how many times it is tried. DLQs have none of both. */
  readonly queues: readonly {
    readonly name: string;
    readonly isDlq: boolean;
    readonly maxReceives?: number | undefined;
    readonly waiting: number;
  }[];
  readonly machines: readonly { readonly name: string; readonly status: string }[];
  readonly rules: readonly { readonly name: string; readonly isEnabled: boolean }[];
  /** What the stacks name and is not there: somebody has deleted it past them. */
  readonly gone: readonly string[];
}

export function checkDeployment(facts: DeploymentFacts): Check[] {
  return [
    stacks(facts),
    gone(facts),
    versions(facts),
    ...table(facts),
    ...queues(facts),
    machines(facts),
    rules(facts),
  ];
}

function stacks({ stacks: all, environment }: DeploymentFacts): Check {
  const bad = all.filter(
    ({ status }) => status === undefined || !/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status),
  );
  if (bad.length === 0) return pass('stacks', `${all.length} complete`);
  const seen = bad.map(({ name, status = 'not there' }) => `${name}: ${status}`).join(', ');
  return fail(
    'stacks',
    seen,
    `deploy: \`npx cdk deploy --all -c env=${environment} ...\`, or wait for the deployment`,
  );
}

function gone({ gone: ids }: DeploymentFacts): Check {
  if (ids.length === 0) return pass('resources', 'what the stacks name is there');
  return fail(
    'resources',
    `named by the stacks and gone: ${ids.join(', ')}`,
    'CloudFormation does not see that: make it again under the same name, or delete the stack and deploy it anew (not the data stack)',
  );
}

function versions({ deployedVersion, ownVersion }: DeploymentFacts): Check {
  const mend = 'deploy this version, or use the command line of the deployed one';
  if (deployedVersion === undefined)
    return warn('versions', `the stack says none, this is ${ownVersion}`, mend);
  if (deployedVersion === ownVersion) return pass('versions', ownVersion);
  return warn('versions', `${deployedVersion} is deployed, this is ${ownVersion}`, mend);
}

function table({ table: found, environment }: DeploymentFacts): Check[] {
  if (!found) return [fail('table', 'not there', 'deploy the data stack')];
  const { name, status, isRecoverable, layout, newestLayout } = found;
  const migrate = `run \`reprise migrate --env ${environment}\``;
  return [
    status === 'ACTIVE'
      ? pass('table', name)
      : fail('table', `${name}: ${status}`, 'wait until it is ACTIVE'),
    isRecoverable
      ? pass('table.recovery', 'point-in-time recovery is on')
      : fail(
          'table.recovery',
          'point-in-time recovery is off',
          'deploy the data stack again: a table that is lost could not be restored',
        ),
    layout > newestLayout
      ? fail('table.layout', `${layout}, and this version knows ${newestLayout}`, 'update Reprise')
      : layout < newestLayout
        ? warn('table.layout', `${layout} of ${newestLayout}`, migrate)
        : pass('table.layout', String(layout)),
  ];
}

function queues({ queues: all }: DeploymentFacts): Check[] {
  const open = all.filter(({ isDlq, maxReceives }) => !isDlq && maxReceives === undefined);
  const full = all.filter(({ isDlq, waiting }) => isDlq && waiting > 0);
  const named = (of: DeploymentFacts['queues']) =>
    of.map(({ name, waiting }) => `${name} (${waiting})`).join(', ');
  return [
    all.length === 0
      ? fail('queues', 'none', 'deploy the engine stack')
      : open.length === 0
        ? pass('queues', `${all.length}, each with its DLQ`)
        : fail(
            'queues',
            `without a DLQ: ${open.map(({ name }) => name).join(', ')}`,
            'deploy the engine stack again: a poisoned message would be tried for ever',
          ),
    full.length === 0
      ? pass('queues.dlq', 'all empty')
      : warn(
          'queues.dlq',
          `messages in ${named(full)}`,
          '`reprise dlq list`; docs/operations/dlqs.md says what ends where',
        ),
  ];
}

function machines({ machines: all }: DeploymentFacts): Check {
  const bad = all.filter(({ status }) => status !== 'ACTIVE');
  if (all.length === 0) return fail('machines', 'none', 'deploy the engine stack');
  if (bad.length === 0) return pass('machines', `${all.length} active`);
  return fail(
    'machines',
    bad.map(({ name, status }) => `${name}: ${status}`).join(', '),
    'deploy the engine stack again',
  );
}

function rules({ rules: all }: DeploymentFacts): Check {
  const off = all.filter(({ isEnabled }) => !isEnabled);
  if (off.length === 0) return pass('rules', `${all.length} enabled`);
  return fail(
    'rules',
    `disabled: ${off.map(({ name }) => name).join(', ')}`,
    '`aws events enable-rule --name NAME`, or deploy again',
  );
}
