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
      const source = `{{workflow.parameters.${name}}}`;
      const isName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
      const variable = `REPRISE_PARAM_${name.toUpperCase()}`;
      return [name, [isName ? { kind: 'variable', name: variable, source } : { kind: 'unknown', source }]];
    }),
  );
}

/** What tags mean everywhere in a workflow. */
export function workflowScope(parameters: Parameters, given: ReadonlyMap<string, string>): Resolve {
  return (path) => {
    const told = given.get(path);
    if (told !== undefined) return textPart(told);
    const source = `{{${path}}}`;
    if (path === 'workflow.name' || path === 'workflow.uid') {
      return [{ kind: 'variable', name: 'REPRISE_JOB', source }];
    }
    return path.startsWith('workflow.parameters.') ? parameters.get(path.slice(20)) : undefined;
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

/** What a template is called with. Only what is handed to it is known in it, and what all the workflow knows. */
export function templateScope(
  template: ArgoTemplate,
  call: ArgoCall | undefined,
  { caller, workflow }: { readonly caller: Resolve; readonly workflow: Resolve },
): Resolve {
  const given = new Map(
    (call?.arguments?.parameters ?? []).flatMap(({ name, value }) =>
      value === undefined || value === null ? [] : [[name, fill(String(value), caller)] as const],
    ),
  );
  const inputs = new Map(
    (template.inputs?.parameters ?? []).map(({ name, value, default: standard }) => {
      const own = value ?? standard;
      const known =
        given.get(name) ?? (own === undefined || own === null ? undefined : fill(String(own), workflow));
      return [name, known] as const;
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
