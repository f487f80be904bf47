import { RepriseError } from '../core/errors';
import { finish } from '../importers/finish';
import { createIds, sanitiseId } from '../importers/ids';
import type { ImportedGraph, ImportedNode } from '../importers/imported';
import { createNotes } from '../importers/notes';
import type { Folder } from './folder';
import { filesLike } from './folder';
import { javascriptLook } from './javascript';
import { cargoLook, goLook, gradleLook, mavenLook, pytestLook } from './other-tools';
import { packageIn } from './package-json';
import { type Aside, type Found, joined } from './sketch';

/** A first graph of a folder, and what it is made of. */
export interface FirstGraph extends ImportedGraph {
  readonly found: readonly Found[];
  readonly aside: readonly Aside[];
}

/** Files of CI systems that `reprise import` reads. */
const CI_FILES =
  /^(\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci\/config\.ya?ml|\.buildkite\/pipeline\.ya?ml)$/;

/** Files of a folder that say what its CI system does, those first that say more of tests. */
export function ciFiles(folder: Folder): readonly string[] {
  const score = (file: string) => (/(^|\/)(ci|test|tests|build|main)\.ya?ml$/.test(file) ? 0 : 1);
  return [...filesLike(folder, CI_FILES)].sort((a, b) => score(a) - score(b));
}

/**
 * A first graph of what a folder itself says about its tests. Undefined where it says nothing.
 * @throws RepriseError INPUT_INVALID where what was found makes no graph
 */
export function firstGraph(folder: Folder): FirstGraph | undefined {
  const looks = [javascriptLook, pytestLook, mavenLook, gradleLook, goLook, cargoLook].map((look) =>
    look(folder),
  );
  const { found, aside } = joined(...looks, { found: [], aside: ciAsides(folder) });
  const named = withIds(found);
  const nodes = named.flatMap((each) => each.nodes);
  if (nodes.length === 0) return undefined;
  const notes = createNotes();
  for (const { what, file, why, nodes: own } of named)
    notes.add('info', [], `${what} (${file}): ${why}`, own[0]?.id);
  const name = sanitiseId(packageIn(folder, '')?.name?.replace(/^@[^/]+\//, '') ?? folder.name, 'tests');
  const graph = { name, defaults: { timeout: '30m', retry: { maxAttempts: 2 } }, nodes };
  return { ...finish(graph, notes), found: named, aside };
}

/** No id twice, whoever found it first; what needs a node goes by its own name for it. */
function withIds(found: readonly Found[]): Found[] {
  const idOf = createIds();
  return found.map((each) => {
    const renamed = new Map(each.nodes.map(({ id }) => [id, idOf(id)]));
    const nodes = each.nodes.map(
      (node): ImportedNode => ({
        ...node,
        id: renamed.get(node.id)!,
        ...(node.needs === undefined ? {} : { needs: node.needs.map((need) => renamed.get(need) ?? need) }),
      }),
    );
    return { ...each, nodes };
  });
}

function ciAsides(folder: Folder): Aside[] {
  const known = ciFiles(folder).map((file) => ({
    file,
    why: `\`reprise init --from ${file}\` makes the graph of what the CI system does instead`,
  }));
  const jenkins = filesLike(folder, /^Jenkinsfile$/).map((file) => ({
    file,
    why: 'a pipeline of Jenkins is a program: what its steps run has to be written into the graph by hand',
  }));
  return [...known, ...jenkins];
}

/** What to say where a folder has nothing that is known here. */
export function nothingFound({ name }: Folder): RepriseError {
  const message = `${name}: there is nothing that says how tests are run here: no scripts of package.json, no configuration of Playwright, Jest, Vitest or pytest, no project of Maven, Gradle, Go or Cargo, no file of a CI system. Write a graph by hand (README.md has one), or name a file with --from`;
  return new RepriseError('INPUT_INVALID', message);
}
