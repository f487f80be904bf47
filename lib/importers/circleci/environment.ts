import { shellQuote } from '../../core/dag/shell/word';
import { type Entry, type Located, type Spot, type Tell, textOf } from '../located/located';
import { variableEntries } from './executor';
import { unknownIn } from './template';

/** Variables as lines of a shell. Nothing in them is expanded, on CircleCI either. */
export function exportLines(environment: Located | undefined, tell: Tell): string[] {
  const entries: Iterable<[string, Entry]> = environment ? variableEntries(environment) : [];
  return [...entries].flatMap(([name, { value, spot }]) => {
    const text = textOf(value);
    const unknown = unknownIn(text);
    if (unknown.length > 0) {
      tell(
        'changed',
        spot,
        `${name} is not set: only CircleCI knows ${unknown.join(', ')}. Tell it with --set, or pass the variable on with \`--env ${name}\``,
      );
      return [];
    }
    if (/^[A-Za-z_]\w*$/.test(name)) return [`export ${name}=${shellQuote(text)}`];
    tell('left-out', spot, `${JSON.stringify(name)} is no name of a variable that a shell accepts`);
    return [];
  });
}

/** What the variables that CircleCI sets are made of. */
export interface JobFacts {
  readonly name: string;
  /** Words of a shell; undefined where the job is not parallel. */
  readonly node: { readonly index: string; readonly total: string } | undefined;
  readonly branch: string | undefined;
  readonly tag: string | undefined;
}

/** What git says of the commit in the working copy. */
const FROM_GIT: Readonly<Record<string, string>> = {
  CIRCLE_BRANCH: 'git rev-parse --abbrev-ref HEAD',
  CIRCLE_REPOSITORY_URL: 'git remote get-url origin',
  CIRCLE_SHA1: 'git rev-parse HEAD',
};

/**
 * Lines that set what CircleCI sets of itself: `CI`, which many programs ask for, the place of a parallel job, and of the
 * rest what the job names, as far as there is something that says the same here. What the job sets goes over them.
 */
export function builtInExports(
  texts: readonly string[],
  { name, node, branch, tag }: JobFacts,
  { spot, own, tell }: { readonly spot: Spot; readonly own: ReadonlySet<string>; readonly tell: Tell },
): string[] {
  const words: Record<string, string | undefined> = {
    CIRCLECI: 'true',
    CIRCLE_JOB: shellQuote(name),
    CIRCLE_NODE_INDEX: node?.index ?? '0',
    CIRCLE_NODE_TOTAL: node?.total ?? '1',
    CIRCLE_PIPELINE_ID: '"${REPRISE_JOB-}"',
    CIRCLE_WORKFLOW_ID: '"${REPRISE_JOB-}"',
    CIRCLE_WORKING_DIRECTORY: '"$PWD"',
    CIRCLE_BRANCH: branch === undefined ? undefined : shellQuote(branch),
    CIRCLE_TAG: tag === undefined ? undefined : shellQuote(tag),
  };
  const named = new Set(texts.flatMap((text) => text.match(/\bCIRCLE(?:CI\b|_\w+)/g) ?? []));
  if (node) for (const each of ['CIRCLE_NODE_INDEX', 'CIRCLE_NODE_TOTAL']) named.add(each);
  const lines = ['export CI=true'];
  const missing: string[] = [];
  for (const each of [...named].sort()) {
    if (own.has(each)) continue;
    const word = Object.hasOwn(words, each) ? words[each] : undefined;
    const command = Object.hasOwn(FROM_GIT, each) ? FROM_GIT[each] : undefined;
    if (word !== undefined) lines.push(`export ${each}=${word}`);
    else if (command !== undefined)
      lines.push(`${each}="\${${each}:-$(${command})}" || exit`, `export ${each}`);
    else missing.push(each);
  }
  if (missing.length > 0) {
    const message = `${missing.join(', ')}: on CircleCI, it or the project sets ${missing.length === 1 ? 'this' : 'these'}; set what is needed where the graph runs (\`--env NAME\` passes it on)`;
    tell('changed', spot, message);
  }
  return lines;
}
