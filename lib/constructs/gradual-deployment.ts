import { Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  type IFunction,
  type IVersion,
  type Function as LambdaFunction,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { cloudFeatures } from '../config/local-limits';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge } from './acknowledge';

/** What calls, queues, streams and clocks reach; its version is the one that is deployed. */
const LIVE = 'live';

export interface GradualDeploymentProps {
  readonly environment: EnvironmentConfig;
  readonly function: LambdaFunction;
  /** What takes a new version back while it is on its way; at most ten. */
  readonly alarms: readonly IAlarm[];
}

/**
 * The alias of a function, which a deployment moves to the new version bit by bit, and back as soon as an alarm is raised.
 * Where there are no deployments it is the function itself.
 */
export function deployedGradually(scope: Construct, props: GradualDeploymentProps): IFunction {
  const { environment, function: fn, alarms } = props;
  if (!cloudFeatures(environment.name).deployments) return fn;
  // The classes of the CDK do not match its own interfaces under exactOptionalPropertyTypes.
  const alias = new Alias(scope, 'Live', { aliasName: LIVE, version: fn.currentVersion as IVersion });
  const { application, role } = Deployments.of(scope);
  new LambdaDeploymentGroup(scope, 'Deployment', {
    ...{ alias, application, role, alarms: [...alarms] },
    deploymentConfig: LambdaDeploymentConfig[environment.deployment],
  });
  return alias as IFunction;
}

/** What the deployments of a stack share: a template has room for 500 resources. */
class Deployments extends Construct {
  readonly application: LambdaApplication;
  readonly role: Role;

  private constructor(stack: Stack) {
    super(stack, 'Deployments');
    this.application = new LambdaApplication(this, 'Application');
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
    acknowledge(
      this.role,
      ['IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]'],
      'The managed policy lets CodeDeploy move aliases and read alarms; it invokes no function, as there are no hooks.',
    );
  }

  static of(scope: Construct): Deployments {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild('Deployments') as Deployments | undefined) ?? new Deployments(stack);
  }
}
