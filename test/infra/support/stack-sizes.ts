import { ENVIRONMENT_NAMES } from '../../../lib/config/environments';
import type { EnvironmentName } from '../../../lib/config/schema';
import { type Resource, synthesise } from './synth';

/** Where the sizes are said, and between which lines. */
export const QUOTAS_PAGE = 'docs/quotas.md';
const [BEGIN, END] = ['<!-- sizes of stacks -->', '<!-- end of sizes -->'];

export interface StackTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
}

/** The templates of all stacks of an environment, by `data`, `engine`, `api` and `page`. */
export function stackTemplates(name: EnvironmentName): ReadonlyMap<string, StackTemplate> {
  const { stacks } = synthesise(name).app.synth();
  return new Map(
    stacks.map(({ stackName, template }) => [stackName.replace(/^.*-/, ''), template as StackTemplate]),
  );
}

export function sizeOf(template: StackTemplate) {
  const countOf = (part: object = {}): number => Object.keys(part).length;
  return {
    resources: countOf(template.Resources),
    outputs: countOf(template.Outputs),
    parameters: countOf(template.Parameters),
    // As the CDK writes it.
    bytes: Buffer.byteLength(JSON.stringify(template, undefined, 1)),
  };
}

/** The page with the sizes of today. */
export function withSizes(page: string): string {
  const [before, rest = ''] = page.split(BEGIN);
  const [, after] = rest.split(END);
  if (after === undefined) throw new Error(`${QUOTAS_PAGE} has no lines ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n${sizesTable()}\n${END}${after}`;
}

function sizesTable(): string {
  const rows = ENVIRONMENT_NAMES.flatMap((name) =>
    [...stackTemplates(name)].map(([stack, template]) => {
      const { resources, outputs, parameters, bytes } = sizeOf(template);
      return `| ${name} | ${stack} | ${resources} | ${outputs} | ${parameters} | ${Math.ceil(bytes / 10_000) * 10} |`;
    }),
  );
  const head = '| environment | stack | resources | outputs | parameters | template, kB, rounded up |';
  return [head, '| --- | --- | ---: | ---: | ---: | ---: |', ...rows].join('\n');
}
