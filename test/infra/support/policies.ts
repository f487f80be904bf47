import type { Synthesised } from './synth';

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

/** What each role may do, by its logical id: by policies in it, and by those beside it. */
export function statementsByRole(ofType: Synthesised['ofType']): ReadonlyMap<string, readonly Statement[]> {
  const inRoles = Object.entries(ofType('AWS::IAM::Role')).flatMap(([id, { Properties }]) =>
    ((Properties['Policies'] ?? []) as { PolicyDocument: PolicyDocument }[]).map(
      ({ PolicyDocument }) => [id, PolicyDocument] as const,
    ),
  );
  const beside = Object.values(ofType('AWS::IAM::Policy')).flatMap(({ Properties }) =>
    (Properties['Roles'] as { Ref: string }[]).map(
      ({ Ref }) => [Ref, Properties['PolicyDocument'] as PolicyDocument] as const,
    ),
  );
  const byRole = new Map<string, Statement[]>();
  for (const [id, { Statement }] of [...inRoles, ...beside])
    byRole.set(id, [...(byRole.get(id) ?? []), ...Statement]);
  return byRole;
}
