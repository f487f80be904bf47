import { shellQuote } from '../../core/dag/shell/word';
import { RUNNER_FILES, type RunnerFile } from './prelude';

/** What is known of a job beside its steps. */
export interface RunnerFacts {
  readonly key: string;
  readonly workflow: string | undefined;
  readonly os: string | undefined;
  /** What the caller told, by path in lower case, such as `github.sha`. */
  readonly given: ReadonlyMap<string, string>;
}

/** Where a variable of GitHub's runner comes from here: a word of the shell. One that the worker passes on counts. */
const EQUIVALENTS: Readonly<Record<string, (facts: RunnerFacts) => string | undefined>> = {
  GITHUB_WORKSPACE: () => '"$PWD"',
  GITHUB_JOB: ({ key }) => shellQuote(key),
  GITHUB_WORKFLOW: ({ workflow }) => workflow && shellQuote(workflow),
  GITHUB_SHA: () => '"${GITHUB_SHA-$(git rev-parse HEAD)}"',
  GITHUB_REF: () => '"${GITHUB_REF-$(git symbolic-ref HEAD)}"',
  GITHUB_REF_NAME: () => '"${GITHUB_REF_NAME-$(git symbolic-ref --short HEAD)}"',
  GITHUB_RUN_ID: () => '"${GITHUB_RUN_ID-$REPRISE_JOB}"',
  GITHUB_RUN_ATTEMPT: () => '"${GITHUB_RUN_ATTEMPT-$REPRISE_ATTEMPT}"',
  RUNNER_OS: ({ os }) => os && shellQuote(os),
  RUNNER_TEMP: () => '"$_temp"',
};

/** The word that gives a variable of the runner; undefined for one that the worker has to pass on. */
export function equivalentOf(name: string, facts: RunnerFacts): string | undefined {
  const told = facts.given.get(
    name.replace(/^(GITHUB|RUNNER)_/, (context) => context.slice(0, -1).concat('.')).toLowerCase(),
  );
  if (told !== undefined) return shellQuote(told);
  return Object.hasOwn(EQUIVALENTS, name) ? EQUIVALENTS[name]!(facts) : undefined;
}

/** Whether the variable has its value whatever happens; what git is asked for, it may not know. */
export function isSure(name: string, facts: RunnerFacts): boolean {
  return equivalentOf(name, facts) !== undefined && !isFromGit(name, facts);
}

export function isFromGit(name: string, facts: RunnerFacts): boolean {
  return equivalentOf(name, facts)?.includes('$(git') ?? false;
}

/** Those that the runner sets anew for each step, whatever a workflow says of them under `env`. */
export function isOfRunner(name: string): boolean {
  return Object.hasOwn(EQUIVALENTS, name) || (RUNNER_FILES as readonly string[]).includes(name);
}

/** The variables of the runner that texts name, apart from those under `own`. */
export function namedVariables(texts: readonly string[], own: ReadonlySet<string>): string[] {
  const named = texts.flatMap((text) => text.match(/\b(GITHUB|RUNNER)_[A-Z][A-Z_]*\b/g) ?? []);
  return [...new Set(named)].filter((name) => !own.has(name)).sort();
}

export interface RunnerVariables {
  /** Words of the shell by name. */
  readonly variables: ReadonlyMap<string, string>;
  readonly files: ReadonlySet<RunnerFile>;
  /** Those that have no equivalent. */
  readonly missing: readonly string[];
}

/** Where the variables of the runner come from that a command reads. Some are set whatever it reads, for its programs. */
export function runnerVariables(names: readonly string[], facts: RunnerFacts): RunnerVariables {
  const variables = new Map([
    ['CI', '"${CI-true}"'],
    ['GITHUB_WORKSPACE', '"$PWD"'],
  ]);
  const files = new Set<RunnerFile>();
  const missing: string[] = [];
  for (const name of names) {
    const file = RUNNER_FILES.find((each) => each === name);
    const word = equivalentOf(name, facts);
    if (file) files.add(file);
    else if (word === undefined) missing.push(name);
    else if (name !== 'RUNNER_TEMP') variables.set(name, word);
  }
  return { variables, files, missing };
}
