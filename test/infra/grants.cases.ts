import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { type Grants, grantsOf } from './support/grants';
import { synthesise } from './support/synth';

const TABLE = join(__dirname, 'support', 'grants.json');

/** Why an action names no resource: AWS has none for it. */
const EVERYTHING: Readonly<Record<string, string>> = {
  'dynamodb:ListStreams': 'streams are listed by account',
  'events:ListRules': 'rules are listed by account',
  'logs:CreateLogDelivery': 'deliveries of logs have no names',
  'logs:DeleteLogDelivery': 'deliveries of logs have no names',
  'logs:DescribeLogGroups': 'deliveries of logs look for their group',
  'logs:DescribeResourcePolicies': 'policies of logs are of the account',
  'logs:GetLogDelivery': 'deliveries of logs have no names',
  'logs:ListLogDeliveries': 'deliveries of logs have no names',
  'logs:PutResourcePolicy': 'policies of logs are of the account',
  'logs:UpdateLogDelivery': 'deliveries of logs have no names',
  'scheduler:ListSchedules': 'schedules are listed by account',
  'states:ListStateMachines': 'machines are listed by account',
  'xray:GetSamplingRules': 'X-Ray has no resources',
  'xray:GetSamplingTargets': 'X-Ray has no resources',
  'xray:PutTelemetryRecords': 'X-Ray has no resources',
  'xray:PutTraceSegments': 'X-Ray has no resources',
};

const named = (grants: Grants, name: string): Grants =>
  JSON.parse(JSON.stringify(grants).replaceAll(`reprise-${name}`, 'reprise-ENV'));

/** Where functions have an alias, that is called in their place. */
const behindAlias = (grant: string): string => grant.replace(/Live$/, 'Function');

describe('what each role may do', () => {
  const prod = named(grantsOf(synthesise('prod')), 'prod');

  it('is in the table, and nothing else is: remove the table to have it written anew, and read what changed', () => {
    if (!existsSync(TABLE)) writeFileSync(TABLE, `${JSON.stringify(prod, undefined, 2)}\n`);
    expect(prod).toEqual(JSON.parse(readFileSync(TABLE, 'utf8')));
  });

  it.each(ENVIRONMENT_NAMES)('is no more in %s than in production', (name) => {
    const more = Object.entries(named(grantsOf(synthesise(name)), name)).flatMap(([role, own]) =>
      own
        .filter((grant) => !prod[role]?.map(behindAlias).includes(behindAlias(grant)))
        .map((grant) => `${role}: ${grant}`),
    );
    expect(more).toEqual([]);
  });

  it('is on everything only where AWS has nothing smaller, each with its reason', () => {
    const all = [...new Set(Object.values(prod).flat())];
    expect(all.filter((grant) => grant.startsWith('*') || /^\w+:\*/.test(grant))).toEqual([]);
    const everywhere = all.flatMap((grant) => /^(\S+) on \*(, if)?$/.exec(grant)?.[1] ?? []);
    expect(everywhere.filter((action) => EVERYTHING[action] === undefined)).toEqual([]);
    // A reason that nothing needs is no reason.
    expect(Object.keys(EVERYTHING).filter((action) => !everywhere.includes(action))).toEqual([]);
  });
});
