import { present } from '../../../core/model/present';

/** Where AWS keeps a secret. */
export type SecretPlace =
  | {
      readonly service: 'secretsmanager';
      readonly region: string;
      readonly arn: string;
      /** A member of the JSON that the secret is. */
      readonly key?: string;
      readonly stage?: string;
      readonly version?: string;
    }
  | { readonly service: 'ssm'; readonly region: string; readonly arn: string };

/**
 * Reads the ARN of a secret of Secrets Manager or of a parameter of Parameter Store. As in a task definition of ECS, a
 * secret's may go on with `:key:stage:version`, each of which may be empty. Undefined for anything else.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export function parseSecretArn(text: string): SecretPlace | undefined {
  const match = /^(arn:aws[a-z-]*:(secretsmanager|ssm):([a-z0-9-]+):\d{12}:)(.+)$/.exec(text);
  if (!match) return undefined;
  const [, start = '', service, region = '', rest = ''] = match;
  if (service === 'ssm') {
    return /^parameter\/[\w./-]+$/.test(rest) ? { service, region, arn: text } : undefined;
  }
  const [kind, name = '', key, stage, version, ...more] = rest.split(':');
  if (kind !== 'secret' || !/^[\w/+=.@-]+$/.test(name) || more.length > 0) return undefined;
  const given = (part: string | undefined) => part || undefined;
  const parts = present({ key: given(key), stage: given(stage), version: given(version) });
  return { service: 'secretsmanager', region, arn: `${start}secret:${name}`, ...parts };
}
