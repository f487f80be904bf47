import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { statementsByRole } from './support/policies';
import { synthesise } from './support/synth';

const REFUSED_BY_MINISTACK = [
  'AWS::Events::Archive',
  'AWS::StepFunctions::StateMachineVersion',
  'AWS::StepFunctions::StateMachineAlias',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::AnomalyDetector',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
];

it.each(REFUSED_BY_MINISTACK)('leaves %s out of local, which would refuse the whole template', (type) => {
  expect(synthesise('local').ofType(type)).toEqual({});
});

describe.each(ENVIRONMENT_NAMES.filter((name) => name !== 'local'))('%s', (name) => {
  const { ofType } = synthesise(name);
  const machines = Object.keys(ofType('AWS::StepFunctions::StateMachine'));

  it('archives the events of the engine', () => {
    const [archive] = Object.values(ofType('AWS::Events::Archive'));
    expect(archive?.Properties).toMatchObject({ EventPattern: { source: ['reprise'] }, RetentionDays: 90 });
  });

  it('publishes a version of every machine, kept when the next one comes, and points `live` at it', () => {
    const versions = ofType('AWS::StepFunctions::StateMachineVersion');
    const aliases = Object.values(ofType('AWS::StepFunctions::StateMachineAlias'));
    expect(Object.keys(versions)).toHaveLength(machines.length);
    for (const version of Object.values(versions)) {
      expect([version.DeletionPolicy, version.UpdateReplacePolicy]).toEqual([
        'RetainExceptOnCreate',
        'Retain',
      ]);
      // The revision changes with the definition, which is what makes a new version.
      expect(JSON.stringify(version.Properties['StateMachineRevisionId'])).toContain(
        'StateMachineRevisionId',
      );
    }
    expect(aliases.map(({ Properties }) => Properties['Name'])).toEqual(machines.map(() => 'live'));
    const live = aliases.map(({ Properties }) => JSON.stringify(Properties['RoutingConfiguration']));
    for (const id of Object.keys(versions)) expect(live.some((routing) => routing.includes(id))).toBe(true);
  });

  it('signs anchors by a key of KMS, and keeps them where nobody overwrites them for as long as it says', () => {
    const { environment, templates } = synthesise(name);
    const { anchorDays, anchorLock, anchorWindowSeconds } = environment.audit;
    templates.data.hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: anchorLock.toUpperCase(), Days: anchorDays } },
      },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    templates.data.hasResourceProperties('AWS::KMS::Key', {
      ...{ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
    });
    templates.engine.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ...{ BatchSize: 1_000, MaximumBatchingWindowInSeconds: anchorWindowSeconds },
    });
    const statements = [...statementsByRole(ofType).values()].flat();
    // One function signs, and no other.
    expect(statements.filter(({ Action }) => [Action].flat().includes('kms:Sign'))).toHaveLength(1);
  });

  it('raises alarms to a topic, and outages to a pager', () => {
    expect(Object.keys(ofType('AWS::SNS::Topic'))).toHaveLength(2);
    expect(Object.keys(ofType('AWS::CloudWatch::CompositeAlarm'))).toHaveLength(1);
    for (const { Properties } of Object.values(ofType('AWS::CloudWatch::Alarm'))) {
      expect(Properties['AlarmActions']).toHaveLength(1);
    }
  });
});
