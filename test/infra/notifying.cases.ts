import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { loadEnvironment } from '../../lib/config/environments';
import { environmentSchema } from '../../lib/config/schema';
import { placeholderCode } from '../../lib/constructs/lambda-code';
import type { NotificationsInput } from '../../lib/core/notify/rules';
import { runnerDefinition } from '../../lib/stacks/graphs';
import { reprise } from '../../lib/stacks/reprise';
import { statementsByRole } from './support/policies';
import { PAGES, type Resource, synthesise } from './support/synth';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf:key::';
const RULES: NotificationsInput = {
  targets: {
    hook: { type: 'webhook', url: 'https://hooks.ci.dev/', secret: { arn: SECRET } },
    mail: { type: 'email', from: 'reprise@ci.dev', to: ['ana@ci.dev'] },
  },
  rules: [{ name: 'failures', severity: 'warning', targets: ['hook', 'mail'], dedupe: '1h' }],
};

const environmentWith = (notifications: unknown) => {
  const environment = loadEnvironment((key) => (key === 'env' ? 'local' : undefined));
  return environmentSchema.safeParse({ ...environment, notifications });
};

describe('notifications of a deployment', () => {
  it('have no functions where there are no rules: the queue is for a consumer of your own', () => {
    const fed = Object.keys(synthesise('local').ofType('AWS::Lambda::Function'));
    expect(fed.filter((id) => id.startsWith('Notifying'))).toEqual([]);
  });

  it('are checked with the rest of the environment', () => {
    const slack = { targets: { team: { type: 'slack', url: { env: 'SLACK_URL' } } }, rules: [] };
    expect(environmentWith(slack).error?.issues[0]?.message).toBe(
      'a deployed engine has no variable SLACK_URL: give {arn: ARN}',
    );
    const unknown = { ...RULES, rules: [{ name: 'r', targets: ['nobody'] }] };
    expect(environmentWith(unknown).error?.issues[0]).toMatchObject({
      path: ['notifications', 'rules', 0, 'targets', 0],
      message: 'there is no target nobody: there are hook, mail',
    });
  });

  it('have functions that may read the secrets and send as the senders that the rules name, and no others', () => {
    const environment = environmentWith(RULES).data!;
    const stacks = reprise(new App(), {
      ...{
        environment,
        code: placeholderCode,
        graphs: [],
        runner: runnerDefinition(),
        pages: PAGES,
      },
    });
    const template = Template.fromStack(stacks.engine);
    const statements = [
      ...statementsByRole((type) => template.findResources(type) as Record<string, Resource>),
    ]
      .filter(([id]) => id.startsWith('NotifyingDeliver'))
      .flatMap(([, own]) => own);
    const of = (action: string) => statements.filter(({ Action }) => [Action].flat().includes(action));
    expect(of('secretsmanager:GetSecretValue')).toMatchObject([
      { Resource: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf' },
    ]);
    const [mail] = of('ses:SendEmail');
    expect(JSON.stringify(mail?.Resource)).toMatch(/identity\/reprise@ci\.dev.*identity\/ci\.dev/);
    template.hasResourceProperties('AWS::SSM::Parameter', { Value: JSON.stringify(RULES) });
  });
});
