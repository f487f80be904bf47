import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { removal } from './removal';

/** The key of the HMACs that prove callbacks and dispatches; see lib/core/access/attempt-token.ts. */
export class EngineSecret extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { retained }: { readonly retained: boolean }) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: 'Reprise: key of attempt and dispatch tokens',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: removal(retained),
    });
    acknowledge(
      this.secret,
      ['SMG4'],
      'A new key voids the tokens of every attempt in flight, which would then be lost and run again. It is changed by a person while the pools are drained; docs/operations/README.md says how.',
    );
  }
}
