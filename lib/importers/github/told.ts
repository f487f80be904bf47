import type { Leaf, Text } from './leaves';
import type { Workflow } from './schema';
import { atom, not, type Test } from './test-code';

/** An input that the workflow declares. */
export interface DeclaredInput {
  readonly type: string;
  readonly default: string | undefined;
}

/** The inputs of a workflow that a person or another workflow starts, by name in lower case. */
export function declaredInputs({ on }: Workflow): ReadonlyMap<string, DeclaredInput> {
  const found = new Map<string, DeclaredInput>();
  for (const event of ['workflow_call', 'workflow_dispatch']) {
    const inputs = asMapping(asMapping(on)[event])['inputs'];
    for (const [name, given] of Object.entries(asMapping(inputs))) {
      const { type, default: value } = asMapping(given);
      const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      found.set(name.toLowerCase(), {
        type: typeof type === 'string' ? type : 'string',
        default: isPlain ? String(value) : undefined,
      });
    }
  }
  return found;
}

function asMapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

/** What a workflow is told from outside, as a parameter of the job holds it. */
export interface Told {
  readonly leaf: Leaf;
  readonly parameter: string;
  /** The value where nobody gives another one. */
  readonly default: string | undefined;
}

/** The parameter of a job that holds what GitHub would know; undefined for contexts that it has no counterpart of. */
export function toldOf(
  path: readonly string[],
  inputs: ReadonlyMap<string, DeclaredInput>,
): Told | undefined {
  const [context, ...names] = path.map((name) => name.toLowerCase());
  if (context === 'github' && names[0] === 'event' && names[1] === 'inputs' && names.length === 3) {
    return told(['inputs', names[2]!], 'text', inputs.get(names[2]!)?.default);
  }
  if (context === 'inputs' && names.length === 1) return inputOf(names[0]!, inputs.get(names[0]!));
  if (context === 'vars' && names.length === 1) return told(['vars', names[0]!], 'text', undefined);
  if (context !== 'github' || names.length === 0) return undefined;
  if (names[0] !== 'event')
    return names.length === 1 ? told(['github', names[0]!], typeOf(names[0]!), undefined) : undefined;
  // Two ways to one name.
  const isClear = names.length > 1 && !['name', 'path'].includes(names[1]!) && !names.includes('*');
  return isClear ? told(['github', ...names], 'told', undefined) : undefined;
}

/** Of what GitHub knows of a run, one thing is no text. */
function typeOf(name: string): Text['as'] {
  return name === 'ref_protected' ? 'told' : 'text';
}

function inputOf(name: string, declared: DeclaredInput | undefined): Told | undefined {
  if (declared?.type !== 'boolean') {
    const as = declared === undefined || declared.type === 'number' ? 'told' : 'text';
    return told(['inputs', name], as, declared?.default);
  }
  const text = told(['inputs', name], 'text', declared.default);
  if (text?.leaf.is !== 'text') return undefined;
  const { code, given } = text.leaf;
  const isTrue = atom(`${code} = "true"`);
  const holds = (wanted: boolean): Test => {
    const test = wanted ? isTrue : not(isTrue);
    return given === true ? test : { kind: 'any', of: [not(given), test] };
  };
  return { ...text, leaf: { is: 'truth', holds } };
}

/** What a person reads of a value that a parameter gives. */
export function toldText(path: readonly string[], { parameter, default: usual }: Told): string {
  const [name, option] = [path.join('.'), `\`--param ${parameter}=VALUE\``];
  return usual === undefined
    ? `${name} is read from the parameter ${parameter} (${option}): while it is not given, what asks for it counts as true`
    : `${name} is its default, ${JSON.stringify(usual)}, unless ${option} gives another value`;
}

const PARAMETER = /^[a-z_][a-z0-9_]{0,63}$/;

function told(names: readonly string[], as: Text['as'], usual: string | undefined): Told | undefined {
  const parameter = names.join('_').replaceAll('-', '_');
  if (!PARAMETER.test(parameter)) return undefined;
  const path = `parameters.${parameter}`;
  const exists = `$exists(${path})`;
  const leaf: Leaf =
    usual === undefined
      ? { is: 'text', code: path, as, given: atom(exists) }
      : { is: 'text', code: `(${exists} ? ${path} : ${JSON.stringify(usual)})`, as, given: true };
  return { leaf, parameter, default: usual };
}
