import type * as z from 'zod';
import { type Finding, type Locate, problemsError } from '../core/dag/check/problems';
import { type ReadDocument, readDocument } from '../core/dag/read/document';
import { isRepriseError, RepriseError } from '../core/errors';
import type { ForeignFile } from './imported';

/** Where complaints about a foreign file point to. */
export interface Place {
  readonly source: string;
  readonly locate?: Locate;
}

/**
 * Reads a foreign file, YAML or JSON.
 * @throws RepriseError INPUT_INVALID with the places of the mistakes
 */
export function readForeign({ text, source }: ForeignFile): ReadDocument {
  try {
    return readDocument(text, source);
  } catch (error) {
    throw asInputInvalid(error);
  }
}

/** @throws RepriseError INPUT_INVALID with every place that has not the form of `schema` */
export function parseForeign<S extends z.ZodType>(schema: S, value: unknown, at: Place): z.infer<S> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const findings = parsed.error.issues.map(
    (issue): Finding => ({
      code: 'INPUT_INVALID',
      path: issue.path as (string | number)[],
      message: describe(issue),
    }),
  );
  throw problemsError(findings, at.locate, at.source);
}

/** The error that names one place of a foreign file. */
export function refusal(path: Finding['path'], message: string, at: Place): RepriseError {
  return problemsError([{ code: 'INPUT_INVALID', path, message }], at.locate, at.source);
}

/** A complaint about the graph is, to who imports, one about the file that the graph came from. */
export function asInputInvalid(error: unknown): unknown {
  if (!isRepriseError(error)) return error;
  const problems = error.problems.map((problem) => ({ ...problem, code: 'INPUT_INVALID' as const }));
  const { context, count } = error;
  return new RepriseError('INPUT_INVALID', error.message, { cause: error, context, problems, count });
}

function describe(issue: z.core.$ZodIssue): string {
  if ('input' in issue && issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_type') return `expected ${KINDS[issue.expected] ?? issue.expected}`;
  return issue.message;
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  string: 'text',
};
