import { shellQuote } from '../../core/dag/shell/word';
import type { Spot, Tell } from '../located/located';
import { slugOf } from './known';

/** What the predefined variables of a job are made of. */
export interface JobFacts {
  readonly name: string;
  readonly stage: string;
  /** Words of a shell; undefined where the job is not parallel. */
  readonly index: string | undefined;
  readonly total: string;
}

/** What git says of the commit in the working copy. */
const FROM_GIT: Readonly<Record<string, string>> = {
  CI_COMMIT_SHA: 'git rev-parse HEAD',
  CI_COMMIT_SHORT_SHA: 'git rev-parse HEAD | cut -c1-8',
  CI_COMMIT_BEFORE_SHA: 'git rev-parse HEAD~1',
  CI_COMMIT_MESSAGE: 'git log -1 --format=%B',
  CI_COMMIT_TITLE: 'git log -1 --format=%s',
  CI_COMMIT_TIMESTAMP: 'git log -1 --format=%cI',
  CI_COMMIT_AUTHOR: "git log -1 --format='%an <%ae>'",
};

/** Lines that set predefined variables, and the names of these. */
export interface Predefined {
  readonly lines: readonly string[];
  readonly names: ReadonlySet<string>;
}

/**
 * The predefined variables that a job's texts name, as far as there is something that says the same here. `CI` is
 * always set, as many programs ask for it.
 * @param texts what the command runs and its variables hold
 */
export function predefinedExports(
  texts: readonly string[],
  facts: JobFacts,
  {
    given,
    own,
    spot,
    tell,
  }: {
    readonly given: ReadonlyMap<string, string>;
    readonly own: ReadonlySet<string>;
    readonly spot: Spot;
    readonly tell: Tell;
  },
): Predefined {
  const named = new Set(texts.flatMap((text) => text.match(/\b(?:CI|GITLAB)_\w+/g) ?? []));
  const words: Readonly<Record<string, string | undefined>> = {
    GITLAB_CI: 'true',
    CI_JOB_NAME: shellQuote(facts.name),
    CI_JOB_NAME_SLUG: shellQuote(slugOf(facts.name)),
    CI_JOB_STAGE: shellQuote(facts.stage),
    CI_JOB_STATUS: 'running',
    CI_NODE_INDEX: facts.index,
    CI_NODE_TOTAL: facts.total,
    CI_PROJECT_DIR: '"$PWD"',
    CI_PIPELINE_ID: '"${REPRISE_JOB-}"',
  };
  const lines = ['export CI=true'];
  const names = new Set(['CI']);
  const missing: string[] = [];
  for (const name of named) {
    if (given.has(name) || own.has(name)) continue;
    const word = Object.hasOwn(words, name) ? words[name] : undefined;
    const command = Object.hasOwn(FROM_GIT, name) ? FROM_GIT[name] : undefined;
    if (word === undefined && command === undefined) {
      if (name !== 'CI_NODE_INDEX') missing.push(name);
      continue;
    }
    names.add(name);
    if (word !== undefined) lines.push(`export ${name}=${word}`);
    else lines.push(`${name}="\${${name}:-$(${command})}"`, `export ${name}`);
  }
  if (missing.length > 0) {
    const message = `${missing.sort().join(', ')}: on GitLab, it or the project sets ${missing.length === 1 ? 'this' : 'these'}; set what is needed where the graph runs (\`--env NAME\` passes it on), or while importing with --set`;
    tell('changed', spot, message);
  }
  return { lines, names };
}
