import { Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnQueuePolicy, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface EncryptedQueueProps extends Omit<QueueProps, 'encryption' | 'enforceSSL'> {
  /** Rules of EventBridge send to it, which takes a policy of its own: a queue has one. */
  readonly takesRules?: boolean;
}

/** A queue that is encrypted and refuses plain HTTP. */
export function encryptedQueue(
  scope: Construct,
  id: string,
  { takesRules = false, ...props }: EncryptedQueueProps,
): Queue {
  const queue = new Queue(scope, id, {
    ...props,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: takesRules,
  });
  if (!takesRules) TlsOnly.of(scope).cover(queue);
  return queue;
}

/** One policy for all queues of a stack that have none of their own, where the CDK would make one for each. */
class TlsOnly extends Construct {
  readonly #policy: CfnQueuePolicy;

  private constructor(stack: Stack) {
    super(stack, 'TlsOnly');
    const refusal = new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sqs:*'],
      // The queue that the policy is of: SQS takes no list here.
      resources: ['*'],
      conditions: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    const policyDocument = new PolicyDocument({ statements: [refusal] });
    this.#policy = new CfnQueuePolicy(this, 'Policy', { policyDocument, queues: [] });
  }

  cover({ queueUrl }: Queue): void {
    this.#policy.queues = [...this.#policy.queues, queueUrl];
  }

  static of(scope: Construct): TlsOnly {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild('TlsOnly') as TlsOnly | undefined) ?? new TlsOnly(stack);
  }
}
