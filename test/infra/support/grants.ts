import { statementsByRole } from './policies';
import type { Synthesised } from './synth';

/** What may be done by whom: role -> `action on resource`. */
export type Grants = Readonly<Record<string, readonly string[]>>;

/** The grants of every role of an environment, in words that the next synthesis says again. */
export function grantsOf({ ofType }: Pick<Synthesised, 'ofType'>): Grants {
  const grants: Record<string, Set<string>> = {};
  for (const [role, statements] of statementsByRole(ofType)) {
    const own = grants[nameOf(role)] ?? new Set<string>();
    grants[nameOf(role)] = own;
    for (const { Action, Resource, Condition } of statements)
      for (const action of [Action].flat())
        for (const resource of [Resource].flat())
          own.add(`${action} on ${textOf(resource)}${Condition === undefined ? '' : ', if'}`);
  }
  const sorted = Object.entries(grants).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([role, own]) => [role, [...own].sort()]));
}

/** A logical id without the hash that CDK gives it. */
const nameOf = (id: string): string =>
  id.replace(/[0-9A-F]{8}$/, '').replace(/(Function)?ServiceRole$/, '') || id;

/** A resource as a person would say it: what is referred to by name, and account and region left out. */
function textOf(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { Ref, ...intrinsic } = resource as Record<string, unknown>;
  if (typeof Ref === 'string') return Ref.startsWith('AWS::') ? '' : nameOf(Ref);
  const [[kind, value] = ['', '']] = Object.entries(intrinsic);
  if (kind === 'Fn::GetAtt') return nameOf(String((value as string[])[0]));
  if (kind === 'Fn::ImportValue') return importedOf(textOf(value));
  if (kind === 'Fn::Join') return ((value as [string, unknown[]])[1] ?? []).map(textOf).join('');
  if (kind === 'Fn::Sub') return String(value);
  return kind;
}

/** `Reprise-prod-data:ExportsOutputFnGetAttJobsTable1234ABCDArn5678` names the table. */
const importedOf = (name: string): string =>
  name
    .replace(/^.*:ExportsOutput(FnGetAtt|Ref)/, '')
    .replace(/[0-9A-F]{8}(Stream)?(Arn)?[0-9A-F]*$/, (_, stream) => (stream ? ' stream' : ''));
