import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import { synthesise } from './support/synth';

describe.each(ENVIRONMENT_NAMES)('%s', (name) => {
  const { app } = synthesise(name);

  it('has no finding of the AwsSolutions rules that nobody accepted with a reason', () => {
    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    const findings = violations.map(({ ruleName, violatingResources }) => ({
      ruleName,
      where: violatingResources.map((resource) => resource.constructPath ?? resource.resourceLogicalId),
    }));
    expect(findings).toEqual([]);
  });

  it('accepts no rule for a whole stack, where new resources would be accepted unseen', () => {
    const accepted = app.node.children.flatMap(({ node }) => node.metadata.map(({ type }) => type));
    expect(accepted).not.toContain(Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
  });
});
