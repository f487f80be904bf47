import { Stack, Validations } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/**
 * Accepts findings of cdk-nag (AwsSolutions) for one construct and what is under it. A finding of a wildcard carries
 * what it found in brackets, such as `IAM5[Resource::*]`, and each is accepted by itself: a new wildcard is a new
 * finding.
 * @param reason what was weighed, not that the rule is wrong.
 */
export function acknowledge(construct: IConstruct, findings: readonly string[], reason: string): void {
  for (const finding of findings) {
    Validations.of(placeOf(construct, finding)).acknowledge({ id: `AwsSolutions-${finding}`, reason });
  }
}

/** What a function may do is found at its role, which is not under it. */
function placeOf(construct: IConstruct, finding: string): IConstruct {
  const isPermission = finding.startsWith('IAM') && construct instanceof LambdaFunction;
  return (isPermission && construct.role) || construct;
}

/** Accepts the wildcards of `arns` in policies of one construct. */
export function acknowledgeWildcards(construct: IConstruct, arns: readonly string[], reason: string): void {
  const findings = arns.map((arn) => `IAM5[Resource::${asFinding(Stack.of(construct).resolve(arn))}]`);
  acknowledge(construct, findings, reason);
}

/** An ARN as cdk-nag writes it: references between angle brackets. */
function asFinding(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const intrinsic = resolved as Record<string, unknown>;
  if (typeof intrinsic['Ref'] === 'string') return `<${intrinsic['Ref']}>`;
  if (typeof intrinsic['Fn::ImportValue'] === 'string') return intrinsic['Fn::ImportValue'];
  const attribute = intrinsic['Fn::GetAtt'];
  if (Array.isArray(attribute)) return `<${attribute.join('.')}>`;
  const join = intrinsic['Fn::Join'] as [string, unknown[]] | undefined;
  if (join) return join[1].map(asFinding).join(join[0]);
  return JSON.stringify(resolved);
}
