import type { z } from 'zod';
import { type Problem, RepriseError } from '../../errors';
import { PROBLEMS_SHOWN } from '../limits';
import { didYouMean } from './nearest';
import { knownKeys } from './schema';

export type Path = readonly (string | number)[];

/** A complaint before its place in the text is known. */
export type Finding = Pick<Problem, 'code' | 'message'> & { readonly path: Path };

/** Line and column (1-based) of a path in the source text. */
export type Locate = (path: Path) => { readonly line: number; readonly column: number } | undefined;

/** A path as people write it: `nodes[3].needs[0]`; the document itself is `$`. */
export function formatPath(path: Path): string {
  if (path.length === 0) return '$';
  return path
    .map((key, i) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `[${JSON.stringify(key)}]`;
      return i === 0 ? key : `.${key}`;
    })
    .join('');
}

/** One line: `shop.graph.yaml:12:9 nodes[3].needs[0]: what is wrong`. */
function describe({ path, message }: Finding, position: ReturnType<Locate>, source?: string): string {
  const place = [source, position && `${position.line}:${position.column}`].filter(
    (part) => part !== undefined,
  );
  return `${place.length === 0 ? '' : `${place.join(':')} `}${formatPath(path)}: ${message}`;
}

/**
 * The error that carries every finding: each problem's message begins with its place. The code is that of the
 * first problem in the text; the message is the only problem's, or says how many there are.
 */
export function problemsError(findings: readonly Finding[], locate?: Locate, source?: string): RepriseError {
  const problems = findings
    .slice(0, PROBLEMS_SHOWN)
    .map((finding): Problem => {
      const position = locate?.(finding.path);
      const { code, path } = finding;
      return { code, path: formatPath(path), message: describe(finding, position, source), ...position };
    })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const more = findings.length > problems.length ? `, the first ${problems.length} are listed` : '';
  const message =
    problems.length === 1
      ? (problems[0]?.message ?? '')
      : `${source ?? 'the graph'} has ${findings.length} problems${more}`;
  return new RepriseError(problems[0]?.code ?? 'GRAPH_INVALID', message, {
    problems,
    context: { problems: findings.length, ...(source === undefined ? {} : { source }) },
  });
}

/** What the schema complained about, in our words and with hints. */
export function schemaFindings(issues: readonly z.core.$ZodIssue[]): Finding[] {
  return issues.flatMap((issue) => {
    const path = issue.path as (string | number)[];
    if (issue.code !== 'unrecognized_keys') return [{ code: 'GRAPH_INVALID', path, message: reword(issue) }];
    const known = knownKeys(path);
    return issue.keys.map((key): Finding => {
      const hint = didYouMean(key, known) || ` (known here: ${known.join(', ')})`;
      return {
        code: 'GRAPH_INVALID',
        path: [...path, key],
        message: `unknown key ${JSON.stringify(key)}${hint}`,
      };
    });
  });
}

function reword(issue: z.core.$ZodIssue): string {
  const missing = 'input' in issue && issue.input === undefined;
  const key = issue.path[issue.path.length - 1];
  if (issue.code === 'invalid_type' && missing && typeof key === 'string') return `\`${key}\` is missing`;
  if (issue.code === 'invalid_type') {
    const hint = issue.expected === 'array' ? ': write a list, such as [build]' : '';
    const quote = issue.expected === 'string' ? ': put it in quotes' : '';
    return `expected ${article(issue.expected)}, got ${kindOf(issue.input)}${hint}${quote}`;
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const hint = typeof issue.input === 'string' ? didYouMean(issue.input, values) : '';
    return `${JSON.stringify(issue.input)} is not one of ${values.join(', ')}${hint}`;
  }
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code === 'invalid_union') return `expected text or a number, got ${kindOf(issue.input)}`;
  return issue.message;
}

function article(expected: string): string {
  if (expected === 'array') return 'a list';
  if (expected === 'object' || expected === 'record') return 'a mapping';
  if (expected === 'string') return 'text';
  return expected === 'int' ? 'a whole number' : `a ${expected}`;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'text' : `the ${typeof value} ${String(value)}`;
}
