import * as z from 'zod';
import { list, words } from '../json';

const scenario = z.object({
  id: words,
  name: words,
  examples: list(z.object({ tableBody: list(z.object({ id: words })) })),
});
const child = z.object({
  scenario: scenario.optional(),
  rule: z.object({ name: words, children: list(z.object({ scenario: scenario.optional() })) }).optional(),
});

/** Of a parsed feature file (https://github.com/cucumber/messages), what names its scenarios. */
export const gherkinDocument = z.object({
  feature: z.object({ name: words, children: list(child) }).optional(),
});

type Scenario = z.infer<typeof scenario>;

export interface ScenarioNames {
  readonly suites: readonly string[];
  /** `#2.1` for the first row of the second examples; `fails (2)` for the second of its name. */
  readonly title: string;
}

/**
 * Names of what a feature file runs, by the id of its scenario or row. The whole file gives them, however little of it
 * ran, so a scenario keeps its name in a rerun.
 */
export function namesOfFeature({ feature }: z.infer<typeof gherkinDocument>): Map<string, ScenarioNames> {
  const names = new Map<string, ScenarioNames>();
  if (!feature) return names;
  nameAll(
    feature.children.flatMap((one) => one.scenario ?? []),
    [feature.name],
    names,
  );
  for (const [i, { rule }] of feature.children.filter((one) => one.rule).entries()) {
    const scenarios = rule?.children.flatMap((one) => one.scenario ?? []) ?? [];
    nameAll(scenarios, [feature.name, rule?.name || `rule ${i + 1}`], names);
  }
  return names;
}

function nameAll(
  scenarios: readonly Scenario[],
  suites: readonly string[],
  names: Map<string, ScenarioNames>,
): void {
  const seen = new Map<string, number>();
  for (const { id, name, examples } of scenarios) {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    const own = nth === 1 ? name : `${name} (${nth})`;
    names.set(id, { suites, title: own });
    for (const [i, { tableBody }] of examples.entries()) {
      for (const [j, row] of tableBody.entries()) {
        names.set(row.id, { suites: [...suites, own], title: `#${i + 1}.${j + 1}` });
      }
    }
  }
}
