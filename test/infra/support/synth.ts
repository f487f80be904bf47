import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { loadEnvironment } from '../../../lib/config/environments';
import type { EnvironmentConfig, EnvironmentName } from '../../../lib/config/schema';
import type { DeployedGraph } from '../../../lib/constructs/deployed-graphs';
import { placeholderCode } from '../../../lib/constructs/lambda-code';
import { compile } from '../../../lib/core/dag/compile';
import { parseGraph } from '../../../lib/core/dag/parse';
import { runnerDefinition } from '../../../lib/stacks/graphs';
import { type RepriseStacks, reprise } from '../../../lib/stacks/reprise';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Synthesised {
  readonly app: App;
  readonly environment: EnvironmentConfig;
  readonly stacks: RepriseStacks;
  readonly templates: Readonly<Record<keyof RepriseStacks, Template>>;
  /** Resources of every stack of a type, by logical id. */
  readonly ofType: (type: string) => Record<string, Resource>;
}

const GRAPH = parseGraph(
  'name: deployed\nnodes:\n  - { id: build, run: make }\n  - { id: test, run: make test, needs: [build] }\n',
);

/** A graph as `statemachines/` would hold it, in two machines so that one starts the other. */
export const SAMPLE: DeployedGraph = (() => {
  const { graph, machines } = compile(GRAPH);
  const child = { StartAt: 'part', States: { part: { Type: 'Pass', End: true } } };
  const start = { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2' };
  const parent = { ...start, Parameters: { StateMachineArn: '${machine:part-2}' }, End: true };
  return {
    source: 'deployed.graph.yaml',
    hash: graph.hash,
    machines: [
      ...machines.map(({ name, definition }) => ({ name, definition: JSON.stringify(definition) })),
      { name: 'part-1', definition: JSON.stringify({ StartAt: 'p', States: { p: parent } }) },
      { name: 'part-2', definition: JSON.stringify(child) },
    ],
  };
})();

const PAGE = join(__dirname, 'page');
/** Pages as they are built, each in one file. */
export const PAGES = { dashboard: PAGE, reference: PAGE };

/** Feature flags of the CDK change templates: without them the tests would look at others than are deployed. */
const FLAGS = JSON.parse(readFileSync(join(__dirname, '..', '..', '..', 'cdk.json'), 'utf8')).context;

/** What a deployment says beside the name of its environment: whose tokens it accepts. */
export const ISSUER: Readonly<Record<string, string>> = {
  authIssuer: 'https://id.shop.test/',
  authAudience: 'reprise',
  authJwksUri: 'https://id.shop.test/keys',
};

/** The alias that an address leads to; none where it leads to a function itself. */
export function aliasIn(target: unknown, ofType: Synthesised['ofType']): string | undefined {
  const text = JSON.stringify(target);
  return Object.keys(ofType('AWS::Lambda::Alias')).find((id) => text.includes(`"${id}"`));
}

/** The function that a queue, a stream, a clock or the gateway reaches: behind its alias, where it has one. */
export function functionBehind(target: unknown, ofType: Synthesised['ofType']): string {
  const alias = aliasIn(target, ofType);
  if (alias !== undefined)
    return functionBehind(ofType('AWS::Lambda::Alias')[alias]?.Properties['FunctionName'], ofType);
  const { Ref, 'Fn::GetAtt': attribute = [] } = target as { Ref?: string; 'Fn::GetAtt'?: string[] };
  return Ref ?? attribute[0] ?? '';
}
/** A deployment that says nothing of it: it makes a user pool. */
export const NO_ISSUER: Readonly<Record<string, string>> = {};

const NOTHING_SAID: Readonly<Record<string, string>> = {};

function isWhole(name: EnvironmentName, graphs: readonly DeployedGraph[], context: Context): boolean {
  return graphs.includes(SAMPLE) && context === contextOf(name);
}

type Context = Readonly<Record<string, string>>;

const contextOf = (name: EnvironmentName): Context => (name === 'local' ? NOTHING_SAID : ISSUER);

const done = new Map<string, Synthesised>();
const folders: string[] = [];
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/**
 * Synthesises an environment, once per test file.
 * @param context values of `-c` beside `env`.
 */
export function synthesise(
  name: EnvironmentName,
  graphs: readonly DeployedGraph[] = [SAMPLE],
  context: Context = contextOf(name),
): Synthesised {
  const key = `${name}/${graphs.map(({ hash }) => hash).join()}/${JSON.stringify(context)}`;
  const known = done.get(key);
  if (known) return known;
  // The rules of CloudFormation take a third of a synthesis: what differs by a setting from an environment goes without.
  process.env['CDK_VALIDATION'] = String(isWhole(name, graphs, context));
  const outdir = mkdtempSync(join(tmpdir(), 'reprise-synth-'));
  folders.push(outdir);
  const app = new App({ outdir, context: FLAGS });
  const environment = loadEnvironment((key) => (key === 'env' ? name : context[key]));
  const runner = runnerDefinition();
  const stacks = reprise(app, {
    environment,
    code: placeholderCode,
    graphs,
    runner,
    pages: PAGES,
  });
  const templates = {
    data: Template.fromStack(stacks.data),
    engine: Template.fromStack(stacks.engine),
    api: Template.fromStack(stacks.api),
  };
  const ofType = (type: string) =>
    Object.assign({}, ...Object.values(templates).map((template) => template.findResources(type)));
  const result = { app, environment, stacks, templates, ofType };
  done.set(key, result);
  return result;
}
