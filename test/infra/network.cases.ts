import { AwsSolutionsChecks } from 'cdk-nag';
import { ISSUER, SAMPLE, synthesise } from './support/synth';

const SUBNETS = ['subnet-0a1b2c3d4e5f60718', 'subnet-0b1b2c3d4e5f60718'];
const GROUP = 'sg-0123456789abcdef0';
const VPC = { vpcSubnets: SUBNETS.join(), vpcSecurityGroups: GROUP };

/** The functions that are in a network, and in which. */
function networks(context: Readonly<Record<string, string>> = {}) {
  const functions = Object.values(
    synthesise('prod', [SAMPLE], { ...ISSUER, ...context }).ofType('AWS::Lambda::Function'),
  );
  return functions
    .map(({ Properties }) => {
      const { Variables } = Properties['Environment'] as { Variables?: Record<string, string> };
      return [Variables?.['POWERTOOLS_SERVICE_NAME'], Properties['VpcConfig']] as const;
    })
    .filter(([, network]) => network !== undefined)
    .sort();
}

it('workers are called over the internet unless the environment names a network', () => {
  expect(networks()).toEqual([]);
});

it('in a network are the functions that call workers or resolve their names, and no others', () => {
  const network = { SubnetIds: SUBNETS, SecurityGroupIds: [GROUP] };
  expect(networks(VPC)).toEqual([
    ['dispatch', network],
    ['reconciler', network],
    ['register-worker', network],
    ['sweeper', network],
  ]);
});

it('may make their interfaces there, and nothing is found against it', () => {
  const { app, ofType } = synthesise('prod', [SAMPLE], { ...ISSUER, ...VPC });
  const roles = Object.entries(ofType('AWS::IAM::Role')).filter(([, { Properties }]) =>
    JSON.stringify(Properties).includes('AWSLambdaVPCAccessExecutionRole'),
  );
  expect(roles.map(([id]) => id.replace(/Function(?!s).*/, '')).sort()).toEqual([
    'FunctionsDispatch',
    'FunctionsReconciler',
    'FunctionsSweeper',
    'RegisterWorker',
  ]);
  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});
