import { basename, dirname, resolve } from 'node:path';
import * as z from 'zod';
import { definitionOf } from '../api/trigger-definition';
import { messageOf } from '../contract/read';
import { type PutTriggerRequest, putTriggerRequest, triggerName } from '../contract/triggers';
import { type Finding, type Locate, type Path, problemsError } from '../core/dag/check/problems';
import { readDocument } from '../core/dag/read/document';
import { isRepriseError, RepriseError } from '../core/errors';
import { graphDocument, readText } from './files';

/** A trigger as a file describes it. */
export interface TriggerFile {
  readonly name: string;
  readonly trigger: PutTriggerRequest;
}

/** The body of `PUT /triggers/{name}` and the name; the graph may lie in a file of its own. */
const fileSchema = z.looseObject({
  name: triggerName,
  job: z.looseObject({ graph: z.string().min(1).optional() }),
});

/** @throws RepriseError TRIGGER_INVALID, or that of the graph, with the place of every problem. */
export async function readTriggerFile(file: string): Promise<TriggerFile> {
  const source = basename(file);
  const { value, locate } = read(await readText(file), source);
  const complain = (findings: readonly Finding[]) => problemsError(findings, locate, source);
  const { name, job, ...rest } = check(fileSchema, value, complain);
  const { graph, ...job_ } = job;
  if (graph !== undefined && ('execution_graph' in job_ || 'graph_hash' in job_)) {
    const message = 'name the graph once: by graph, execution_graph or graph_hash';
    throw complain([{ code: 'TRIGGER_INVALID', path: ['job', 'graph'], message }]);
  }
  const document =
    graph === undefined ? {} : { execution_graph: await graphDocument(resolve(dirname(file), graph)) };
  const trigger = { ...rest, job: { ...job_, ...document } };
  checkDefinition(name, check(putTriggerRequest, trigger, complain), complain);
  return { name, trigger: trigger as PutTriggerRequest };
}

type Complain = (findings: readonly Finding[]) => RepriseError;

function check<S extends z.ZodType>(schema: S, value: unknown, complain: Complain): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw complain(
    parsed.error.issues.flatMap((issue) => {
      const path = issue.path as (string | number)[];
      const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
      return keys.map((key): Finding => {
        if (key === undefined) return { code: 'TRIGGER_INVALID', path, message: messageOf(issue) };
        return {
          code: 'TRIGGER_INVALID',
          path: [...path, key],
          message: `unknown key ${JSON.stringify(key)}`,
        };
      });
    }),
  );
}

/** Cron, time zone and pattern, which the engine would refuse too: here the place is known. */
function checkDefinition(
  name: string,
  trigger: z.output<typeof putTriggerRequest>,
  complain: Complain,
): void {
  try {
    definitionOf(name, trigger);
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    throw complain(error.problems.map(({ code, path, message }) => ({ code, path: keysOf(path), message })));
  }
}

/** `on.event.detail[0]` as keys. */
function keysOf(path: string): Path {
  return path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

function read(text: string, source: string): { readonly value: unknown; readonly locate: Locate } {
  try {
    return readDocument(text, source);
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    const { message, problems } = error;
    throw new RepriseError('TRIGGER_INVALID', message, { problems, cause: error });
  }
}
