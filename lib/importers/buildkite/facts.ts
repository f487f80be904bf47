/** Variables of a job, by what conditions call the same. */
const VARIABLES: Readonly<Record<string, string>> = {
  'build.branch': 'BUILDKITE_BRANCH',
  'build.tag': 'BUILDKITE_TAG',
  'build.message': 'BUILDKITE_MESSAGE',
  'build.commit': 'BUILDKITE_COMMIT',
  'build.number': 'BUILDKITE_BUILD_NUMBER',
  'build.id': 'BUILDKITE_BUILD_ID',
  'build.source': 'BUILDKITE_SOURCE',
  'build.pull_request.id': 'BUILDKITE_PULL_REQUEST',
  'build.pull_request.base_branch': 'BUILDKITE_PULL_REQUEST_BASE_BRANCH',
  'build.pull_request.repository': 'BUILDKITE_PULL_REQUEST_REPO',
  'pipeline.id': 'BUILDKITE_PIPELINE_ID',
  'pipeline.slug': 'BUILDKITE_PIPELINE_SLUG',
  'pipeline.default_branch': 'BUILDKITE_PIPELINE_DEFAULT_BRANCH',
  'pipeline.repository': 'BUILDKITE_REPO',
  'organization.slug': 'BUILDKITE_ORGANIZATION_SLUG',
};
const PATHS = new Map(Object.entries(VARIABLES).map(([path, name]) => [name, path]));
const PULL_REQUEST = 'build.pull_request.id';

const NUMBERS: readonly string[] = ['build.number'];
const FLAGS: readonly string[] = ['build.pull_request.draft', 'build.pull_request.repository.fork'];
const LISTS: readonly string[] = ['build.pull_request.labels', 'build.author.teams', 'build.creator.teams'];

export type Fact = string | number | boolean | null | readonly string[];

/** What is told of a build, by variables (`BUILDKITE_BRANCH`) or by the names of conditions (`build.branch`). */
export interface Facts {
  /** A variable of the build: `null` where it is not set, undefined where nobody told. */
  readonly variable: (name: string) => string | null | undefined;
  readonly fact: (path: string) => Fact | undefined;
}

export function factsOf(given: ReadonlyMap<string, string>): Facts {
  return {
    variable: (name) => {
      const path = PATHS.get(name);
      const told = given.get(name) ?? (path === undefined ? undefined : given.get(path));
      if (told !== 'null') return told;
      return path === PULL_REQUEST ? 'false' : null;
    },
    fact: (path) => {
      const name = VARIABLES[path];
      const told = given.get(path) ?? (name === undefined ? undefined : given.get(name));
      if (told === undefined) return undefined;
      return told === 'null' || (path === PULL_REQUEST && told === 'false') ? null : typed(path, told);
    },
  };
}

function typed(path: string, text: string): Fact {
  if (NUMBERS.includes(path)) return Number(text);
  if (FLAGS.includes(path)) return text === 'true';
  return LISTS.includes(path) ? text.split(',').filter((each) => each !== '') : text;
}
