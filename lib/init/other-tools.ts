import { shellWord } from '../core/dag/shell/word';
import { sanitiseId } from '../importers/ids';
import type { ImportedNode } from '../importers/imported';
import { dirOf, type Folder, filesLike } from './folder';
import { type Look, NOTHING } from './sketch';

/** pytest: its configuration, or files that are called as its tests are. */
export function pytestLook(folder: Folder): Look {
  const [file] = [
    ...filesLike(folder, /(^|\/)pytest\.ini$/),
    ...filesLike(folder, /(^|\/)(pyproject\.toml|setup\.cfg|tox\.ini)$/).filter((each) =>
      /^\[(tool\.pytest|tool:pytest|pytest)/m.test(folder.read(each) ?? ''),
    ),
    ...filesLike(folder, /(^|\/)conftest\.py$/),
    ...filesLike(folder, /(^|\/)tests?\/(.+\/)?test_[^/]*\.py$/),
  ];
  if (file === undefined) return NOTHING;
  const isTest = /\.py$/.test(file);
  const dir = isTest ? '' : dirOf(file);
  const has = (name: string) => folder.files.includes(dir === '' ? name : `${dir}/${name}`);
  const starter = has('poetry.lock')
    ? 'poetry run '
    : has('uv.lock')
      ? 'uv run '
      : has('Pipfile.lock')
        ? 'pipenv run '
        : '';
  const where = dir === '' ? '' : ` ${shellWord(dir)}`;
  const node: ImportedNode = {
    id: dir === '' ? 'pytest' : sanitiseId(`pytest-${dir}`),
    run: `${starter}pytest${where} --junitxml="$REPRISE_NODE.report.xml" -o junit_family=xunit1`,
    reports: ['{{ node }}.report.xml'],
  };
  const why = isTest ? 'it is called as tests of pytest are' : 'it configures pytest';
  return { found: [{ what: 'pytest', file, why, nodes: [node] }], aside: [] };
}

/** A project of Maven, with all of its modules: Maven knows their order. */
export function mavenLook(folder: Folder): Look {
  const [file] = byDepth(filesLike(folder, /(^|\/)pom\.xml$/));
  if (file === undefined) return NOTHING;
  const dir = dirOf(file);
  const tool = folder.files.includes('mvnw') ? './mvnw' : 'mvn';
  const at = dir === '' ? '' : ` -f ${shellWord(file)}`;
  const hasTests = folder.files.some((each) => /(^|\/)src\/test\/(java|kotlin|groovy|scala)\//.test(each));
  const modules = [...(folder.read(file) ?? '').matchAll(/<module>\s*([^<\s]+)\s*<\/module>/g)].length;
  const reports =
    modules > 0 || dir !== ''
      ? '**/target/surefire-reports/TEST-*.xml'
      : 'target/surefire-reports/TEST-*.xml';
  const node: ImportedNode = {
    id: dir === '' ? 'maven' : sanitiseId(`maven-${dir}`),
    run: `${tool} -B -ntp${at} verify`,
    // Where nothing tests, no report is written, and one that is missing is a failure.
    ...(hasTests ? { reports: [reports] } : {}),
  };
  const why =
    modules > 0 ? `a project with ${modules} modules, which Maven orders itself` : 'a project of Maven';
  return { found: [{ what: 'Maven', file, why, nodes: [node] }], aside: [] };
}

/** A build of Gradle. What is up to date leaves no report, so none is asked for. */
export function gradleLook(folder: Folder): Look {
  const [file] = byDepth(filesLike(folder, /(^|\/)(settings|build)\.gradle(\.kts)?$/));
  if (file === undefined) return NOTHING;
  const dir = dirOf(file);
  const wrapper = dir === '' ? 'gradlew' : `${dir}/gradlew`;
  const tool = folder.files.includes(wrapper) ? shellWord(`./${wrapper}`) : 'gradle';
  const at = dir === '' ? '' : ` -p ${shellWord(dir)}`;
  const node = {
    id: dir === '' ? 'gradle' : sanitiseId(`gradle-${dir}`),
    run: `${tool}${at} --console=plain check`,
  };
  return {
    found: [{ what: 'Gradle', file, why: 'a build of Gradle: `check` runs its tests', nodes: [node] }],
    aside: [],
  };
}

/** A module of Go: what `go vet` says, and its tests. */
export function goLook(folder: Folder): Look {
  const files = byDepth(filesLike(folder, /(^|\/)go\.mod$/));
  const hasTests = (dir: string) =>
    folder.files.some((each) => each.startsWith(dir) && each.endsWith('_test.go'));
  const found = files.flatMap((file) => {
    const dir = dirOf(file);
    if (!hasTests(dir === '' ? '' : `${dir}/`)) return [];
    const at = dir === '' ? '' : ` -C ${shellWord(dir)}`;
    const id = (name: string) => (dir === '' ? name : sanitiseId(`${name}-${dir}`));
    const nodes = [
      { id: id('go-vet'), run: `go${at} vet ./...` },
      { id: id('go-test'), run: `go${at} test ./...` },
    ];
    return [{ what: 'Go', file, why: 'a module of Go with tests', nodes }];
  });
  return { found, aside: [] };
}

/** A crate or a workspace of Rust. */
export function cargoLook(folder: Folder): Look {
  const [file] = byDepth(filesLike(folder, /(^|\/)Cargo\.toml$/));
  if (file === undefined) return NOTHING;
  const dir = dirOf(file);
  const at = dir === '' ? '' : ` --manifest-path ${shellWord(file)}`;
  const node = { id: dir === '' ? 'cargo' : sanitiseId(`cargo-${dir}`), run: `cargo test${at} --workspace` };
  return {
    found: [{ what: 'Cargo', file, why: 'a crate, or a workspace of crates', nodes: [node] }],
    aside: [],
  };
}

/** The uppermost first. */
function byDepth(files: readonly string[]): readonly string[] {
  return [...files].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
}
