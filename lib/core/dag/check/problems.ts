import type * as z from 'zod';
import { type Problem, RepriseError } from '../../errors';
import { LIMITS } from '../../limits';
import { counted } from '../../model/counted';
import { expectedText, kindText } from '../../model/issue-words';
import { present } from '../../model/present';
import { quoted } from '../../model/quoted';
import { isCollection } from '../../model/shape';
import { createHints, type Unknown } from './nearest';
import { knownKeys } from './schema';

export type Path = readonly (string | number)[];

/** A complaint before its place in the text is known. What its word may have meant is looked for if it is shown. */
export type Finding = Pick<Problem, 'code' | 'message' | 'brief'> & {
  readonly path: Path;
  readonly unknown?: Unknown;
};

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
function describe(path: Path, message: string, position: ReturnType<Locate>, source?: string): string {
  const place = [source, position && `${position.line}:${position.column}`].filter(
    (part) => part !== undefined,
  );
  return `${place.length === 0 ? '' : `${place.join(':')} `}${formatPath(path)}: ${message}`;
}

/**
 * The error that carries the findings, `LIMITS.problemsKept` of them at most: each problem's message begins with its
 * place. The code is that of the first problem in the text; the message is the only problem's, or says how many there
 * are.
 */
export function problemsError(findings: Iterable<Finding>, locate?: Locate, source?: string): RepriseError {
  const { kept, count } = counted(findings, LIMITS.problemsKept);
  const hint = createHints(LIMITS.hintEffort);
  const problems = kept
    .map(({ code, path, message, brief, unknown }): Problem => {
      const position = locate?.(path);
      const place = { code, path: formatPath(path), ...position };
      const full = unknown ? `${message}${hint(unknown)}` : message;
      const said = (text: string) => describe(path, text, position, source);
      return { ...place, message: said(full), ...present({ brief: brief && said(brief) }) };
    })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  const more = count > problems.length ? `, the first ${problems.length} are listed` : '';
  const message =
    problems.length === 1
      ? (problems[0]?.message ?? '')
      : `${source ?? 'the graph'} has ${count} problems${more}`;
  return new RepriseError(problems[0]?.code ?? 'GRAPH_INVALID', message, {
    ...{ problems, count },
    context: { problems: count, ...present({ source }) },
  });
}

/** What the schema complained about, in our words and with hints. @param at where the value stands in the document. */
export function* schemaFindings(issues: readonly z.core.$ZodIssue[], at: Path = []): Generator<Finding> {
  for (const issue of issues) {
    const path = [...at, ...(issue.path as (string | number)[])];
    if (issue.code !== 'unrecognized_keys') {
      yield { code: 'GRAPH_INVALID', path, ...reword(issue) };
      continue;
    }
    const known = knownKeys(path);
    const otherwise = ` (known here: ${known.join(', ')})`;
    for (const key of issue.keys) {
      const message = `unknown key ${quoted(key)}`;
      const unknown = { word: key, among: known, otherwise };
      yield { code: 'GRAPH_INVALID', path: [...path, key], message, unknown };
    }
  }
}

function reword(issue: z.core.$ZodIssue): Pick<Finding, 'message' | 'unknown'> {
  const missing = 'input' in issue && issue.input === undefined;
  const key = issue.path[issue.path.length - 1];
  if (issue.code === 'invalid_type' && missing && typeof key === 'string')
    return { message: `\`${key}\` is missing` };
  if (issue.code === 'invalid_type') {
    const hint = issue.expected === 'array' ? ': write a list, such as [build]' : '';
    const quote = issue.expected === 'string' ? ': put it in quotes' : '';
    return {
      message: `expected ${expectedText(issue.expected)}, got ${kindText(issue.input)}${hint}${quote}`,
    };
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const given = isCollection(issue.input) ? kindText(issue.input) : quoted(issue.input);
    const message = `${given} is not one of ${values.join(', ')}`;
    return {
      message,
      ...(typeof issue.input === 'string' && { unknown: { word: issue.input, among: values } }),
    };
  }
  if (issue.code === 'invalid_key') return { message: issue.issues[0]?.message ?? issue.message };
  if (issue.code === 'invalid_union')
    return { message: `expected text or a number, got ${kindText(issue.input)}` };
  return { message: issue.message };
}
