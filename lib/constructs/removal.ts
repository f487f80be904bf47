import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What becomes of a resource that leaves its stack. One that is retained is yet deleted when the deployment that made
 * it fails: left behind, its name would be taken, and the deployment could not be repeated.
 */
export function removal(isRetained: boolean): RemovalPolicy {
  return isRetained ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
