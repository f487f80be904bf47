import { CustomResource } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { EngineFunction, type FunctionSetting } from './engine-function';
import type { EngineParts } from './function-variables';

/** A call or two for each of the 300 rules that a bus may have. */
const TIMEOUT_SECONDS = 300;

/**
 * Removes the rules that triggers have made when the stack is destroyed: a bus that has rules cannot be deleted. What
 * makes rules must be gone by then, and so depends on this.
 */
export class RuleCleaner extends Construct {
  constructor(scope: Construct, id: string, parts: EngineParts, setting: FunctionSetting) {
    super(scope, id);
    const { function: cleaner } = new EngineFunction(this, 'Cleaner', {
      ...setting,
      name: 'rule-cleaner',
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    parts.triggers.grantDisarm(cleaner);
    cleaner.addToRolePolicy(new PolicyStatement({ actions: ['events:ListRules'], resources: ['*'] }));
    acknowledge(
      cleaner,
      ['IAM5[Resource::*]'],
      'X-Ray has no resources to name, and events:ListRules, which reads names, none that AWS says for a custom bus.',
    );
    const rules = new CustomResource(this, 'Rules', {
      serviceToken: cleaner.functionArn,
      // A bus of another name is another bus: its rules go with it.
      properties: { EventBusName: parts.bus.eventBusName },
    });
    // Its permissions too must still be there when it is asked to clean.
    if (cleaner.role) rules.node.addDependency(cleaner.role);
  }
}
