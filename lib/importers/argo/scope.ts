import { nameText } from './names';
import type { ArgoCall, ArgoSpec, ArgoTemplate } from './schema';
import { fill, type Part, type Resolve, textPart } from './tags';
import type { Unit } from './units';

type Parameters = ReadonlyMap<string, readonly Part[]>;

/** Parameters of the workflow; one without a value is a parameter of the job, which commands read as a variable. */
export function workflowParameters(spec: ArgoSpec, given: ReadonlyMap<string, string>): Parameters {
  return new Map(
    (spec.arguments?.parameters ?? []).map(({ name, value, default: standard }): [string, Part[]] => {
      const told = given.get(`workflow.parameters.${name}`) ?? value ?? standard;
      if (told !== undefined && told !== null) return [name, textPart(told)];
      return [name, [jobParameter(name, `{{workflow.parameters.${name}}}`)]];
    }),
  );
}

/** What somebody has to say when the job is submitted; commands read it as a variable, and fail without it. */
function jobParameter(name: string, source: string): Part {
  const isName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
  return isName
    ? { kind: 'variable', name: `REPRISE_PARAM_${name.toUpperCase()}`, source }
    : { kind: 'unknown', source };
}

/** What tags mean everywhere in a workflow. `workflow.arguments.x`, which is ours, is a parameter that it declares. */
export function workflowScope(
  parameters: Parameters,
  given: ReadonlyMap<string, string>,
  note: (message: string) => void,
): Resolve {
  return (path) => {
    const told = given.get(path);
    if (told !== undefined) return textPart(told);
    const source = `{{${path}}}`;
    if (path === 'workflow.name' || path === 'workflow.uid') {
      note(`${source} is the id of the job, which commands read from REPRISE_JOB`);
      return [{ kind: 'variable', name: 'REPRISE_JOB', source }];
    }
    const [, kind, name = ''] = /^workflow\.(parameters|arguments)\.(.+)$/.exec(path) ?? [];
    if (kind === 'arguments') return parameters.get(name);
    if (kind !== 'parameters') return undefined;
    const known = parameters.get(name);
    if (known) return known;
    note(`${name} is declared nowhere: it is a parameter of the job, \`--param ${name}=VALUE\``);
    return [jobParameter(name, source)];
  };
}

/** Of the exit handler: how what it follows has ended. */
export function withStatus(outer: Resolve): Resolve {
  const failed = '$count(results.*[status in ["failed", "cancelled"]])';
  const jsonata = `(${failed} = 0 ? "Succeeded" : "Failed")`;
  return (path) =>
    path === 'workflow.status' ? [{ kind: 'unknown', source: '{{workflow.status}}', jsonata }] : outer(path);
}

/** An item, known or that of a `forEach`. */
export function withItem(outer: Resolve, item: unknown): Resolve {
  return (path) => {
    if (path === 'item') return textPart(item);
    if (!path.startsWith('item.')) return outer(path);
    const key = path.slice(5);
    const isInside = typeof item === 'object' && item !== null && Object.hasOwn(item, key);
    return isInside ? textPart((item as Record<string, unknown>)[key]) : undefined;
  };
}

export function withLaterItem(outer: Resolve): Resolve {
  return (path) => {
    if (path !== 'item' && !/^item\.\w+$/.test(path)) return outer(path);
    const key = path === 'item' ? '' : `_${path.slice(5).toUpperCase()}`;
    return [{ kind: 'variable', name: `REPRISE_ITEM${key}`, source: `{{${path}}}` }];
  };
}

interface Surroundings {
  readonly caller: Resolve;
  readonly workflow: Resolve;
  readonly note: (message: string) => void;
}

/**
 * What a template is called with. Only what is handed to it is known in it, and what all the workflow knows. What nobody calls
 * is handed the parameters of the workflow.
 */
export function templateScope(
  template: ArgoTemplate,
  call: ArgoCall | undefined,
  { caller, workflow, note }: Surroundings,
): Resolve {
  const given = new Map(
    (call?.arguments?.parameters ?? []).flatMap(({ name, value }) =>
      value === undefined || value === null ? [] : [[name, fill(String(value), caller)] as const],
    ),
  );
  const inputs = new Map(
    (template.inputs?.parameters ?? []).map(({ name, value, default: standard }) => {
      const own = value ?? standard;
      const known = given.get(name) ?? (call ? undefined : workflow(`workflow.arguments.${name}`));
      if (known) return [name, known] as const;
      if (own !== undefined && own !== null) return [name, fill(String(own), workflow)] as const;
      if (call) return [name, undefined] as const;
      note(`${name} has no value: it is a parameter of the job, \`--param ${name}=VALUE\``);
      return [name, [jobParameter(name, `{{inputs.parameters.${name}}}`)]] as const;
    }),
  );
  return (path) => {
    const name = /^inputs\.parameters\.(.+)$/.exec(path)?.[1];
    return name === undefined ? workflow(path) : inputs.get(name);
  };
}

/** What tasks and steps of one template have printed, by their names. */
export function withResults(outer: Resolve, unitOf: (name: string) => Unit | undefined): Resolve {
  return (path) => {
    const name = /^(?:tasks|steps)\.(.+)\.outputs\.result$/.exec(path)?.[1];
    if (name === undefined) return outer(path);
    const unit = unitOf(name);
    const of = unit?.leaves.length === 1 ? unit.leaves[0]!.id : undefined;
    const source = `{{${path}}}`;
    if (of === undefined) return [{ kind: 'unknown', source }];
    return [{ kind: 'unknown', source, of, jsonata: `results.${nameText(of)}.outputs.result` }];
  };
}
