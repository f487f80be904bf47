import { sanitiseId } from '../importers/ids';
import type { ImportedNode } from '../importers/imported';
import { type Folder, filesLike, within } from './folder';
import { type PackageJson, packageIn, workspacesOf } from './package-json';
import { type PackageManager, packageManagerOf } from './package-manager';
import { playwrightLook } from './playwright';
import { type RunnerCommand, runnerCommand } from './runner-command';
import { chooseScripts, delegates, type Script } from './scripts';
import { type Aside, type Found, joined, type Look, NOTHING } from './sketch';

/** A package of this folder, or one of its workspaces. */
interface Package {
  readonly dir: string;
  readonly json: PackageJson;
  /** What its nodes are called by; empty at the root. */
  readonly prefix: string;
}

/** What `package.json` and the configurations of JavaScript runners say. */
export function javascriptLook(folder: Folder): Look {
  const json = packageIn(folder, '');
  if (!json) return NOTHING;
  const manager = packageManagerOf(folder);
  const packages = workspacesOf(folder, json).flatMap((dir): Package[] => {
    const own = packageIn(folder, dir);
    return own ? [{ dir, json: own, prefix: sanitiseId(own.name?.replace(/^@[^/]+\//, '') ?? dir) }] : [];
  });
  const workspaces = workspacesLook(packages, manager);
  const root = rootLook(
    folder,
    { dir: '', json, prefix: '' },
    { manager, isMonorepo: workspaces.found.length > 0 },
  );
  const tools = filesLike(folder, /^(turbo|nx)\.json$/).map(
    (file): Aside => ({ file, why: TOOLS[file] ?? '' }),
  );
  return joined(root, workspaces, { found: [], aside: tools });
}

const TOOLS: Readonly<Record<string, string>> = {
  'turbo.json':
    'Turborepo knows its tasks better: `turbo run build test --dry=json > tasks.json`, then `reprise import turbo tasks.json`',
  'nx.json':
    'Nx knows its tasks better: `nx run-many -t build test --graph=tasks.json`, then `reprise import nx tasks.json`',
};

interface RootDeps {
  readonly manager: PackageManager;
  readonly isMonorepo: boolean;
}

function rootLook(folder: Folder, root: Package, { manager, isMonorepo }: RootDeps): Look {
  const file = 'package.json';
  const { scripts: all, aside } = chooseScripts(root.json.scripts, file);
  const own = all.filter(({ text }) => !isMonorepo || !delegates(text));
  const handedOn = all
    .filter((script) => !own.includes(script))
    .map(
      ({ name }): Aside => ({
        file,
        why: `the script ${JSON.stringify(name)} runs it in the workspaces: these are nodes of their own`,
      }),
    );
  const hasBuild = own.some(({ part }) => part === 'build');
  const browser = playwrightLook(folder, { manager, scripts: own, needs: hasBuild ? ['build'] : [] });
  const rest = own.filter(({ runner }) => runner !== 'playwright' || browser.found.length === 0);
  const nodes = rest.map((script) => nodeOf(script, { manager, hasBuild }));
  const bare = bareRunners(folder, root.json, { own, manager, hasBuild });
  const found: Found[] =
    nodes.length === 0
      ? []
      : [
          {
            ...{ what: 'scripts', file, nodes },
            why: `its scripts ${rest.map(({ name }) => name).join(', ')} build, check and test; \`${manager.install}\` has to have run before`,
          },
        ];
  return joined({ found, aside: [...aside, ...handedOn] }, bare, browser);
}

interface NodeDeps {
  readonly manager: PackageManager;
  readonly hasBuild: boolean;
}

/** A test may use what is built: an edge too many costs time, one too few a wrong result. */
function nodeOf(script: Script, { manager, hasBuild }: NodeDeps): ImportedNode {
  const id = sanitiseId(script.name);
  const needs = script.part === 'test' && hasBuild ? { needs: ['build'] } : {};
  return { id, ...commandOf(script, manager), ...needs };
}

function commandOf({ name, text, part }: Script, manager: PackageManager): RunnerCommand {
  const known = part === 'test' ? runnerCommand(text, manager.exec) : undefined;
  return known ?? { run: manager.script(name) };
}

/** Configurations of runners that no script starts. */
function bareRunners(
  folder: Folder,
  { devDependencies, dependencies, jest }: PackageJson,
  { own, manager, hasBuild }: NodeDeps & { readonly own: readonly Script[] },
): Look {
  const needs = hasBuild ? { needs: ['build'] } : {};
  const found = (['jest', 'vitest'] as const).flatMap((runner): Found[] => {
    const inPackage = runner === 'jest' && jest !== undefined ? ['package.json'] : [];
    const [file] = [...filesLike(folder, new RegExp(`^${runner}\\.config\\.[cm]?[jt]s(on)?$`)), ...inPackage];
    const isInstalled = Object.hasOwn(devDependencies, runner) || Object.hasOwn(dependencies, runner);
    if (file === undefined || !isInstalled || own.some(({ part }) => part === 'test')) return [];
    const node = { id: runner, ...runnerCommand(runner, manager.exec)!, ...needs };
    const title = runner === 'jest' ? 'Jest' : 'Vitest';
    return [{ what: title, file, why: 'it configures tests that no script runs', nodes: [node] }];
  });
  return { found, aside: [] };
}

/** Each workspace's own scripts; a build comes after those of the workspaces that it depends on. */
function workspacesLook(packages: readonly Package[], manager: PackageManager): Look {
  const builds = new Map(
    packages.flatMap(({ json, prefix }) =>
      json.name !== undefined && json.scripts['build'] !== undefined
        ? [[json.name, `${prefix}-build`] as const]
        : [],
    ),
  );
  const looks = packages.map((each): Look => {
    const file = within(each.dir, 'package.json');
    const { scripts, aside } = chooseScripts(each.json.scripts, file);
    const upstream = Object.keys({ ...each.json.dependencies, ...each.json.devDependencies }).flatMap(
      (name) => builds.get(name) ?? [],
    );
    const nodes = scripts.map(({ name, part }): ImportedNode => {
      const own = builds.get(each.json.name ?? '');
      const needs = part === 'test' && own !== undefined ? [own] : part === 'check' ? [] : upstream;
      return {
        id: sanitiseId(`${each.prefix}-${name}`),
        run: manager.script(name, { name: each.json.name ?? each.dir, dir: each.dir }),
        ...(needs.length > 0 ? { needs: [...new Set(needs)] } : {}),
      };
    });
    const why = `a workspace: its scripts ${scripts.map(({ name }) => name).join(', ')}${upstream.length > 0 ? ', after the builds that it depends on' : ''}`;
    return { found: nodes.length === 0 ? [] : [{ what: 'workspace', file, why, nodes }], aside };
  });
  return joined(...looks);
}
