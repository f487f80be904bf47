import type { Command } from 'commander';
import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { line, text } from '../core/model/bounded';
import { failureSchema } from '../core/model/failure';
import { classify, diagnose, type Evidence } from '../core/retry/classify/diagnose';
import { readText, sourceOf } from './files';
import { invalid } from './invalid';
import { print } from './print';

const messageSchema = z.object({
  id: line(LIMITS.sourceLength),
  message: text(LIMITS.classifiedLength),
  kind: failureSchema.shape.kind.exactOptional(),
  exitCode: failureSchema.shape.exitCode,
  signal: failureSchema.shape.signal,
  httpStatus: z.int().min(100).max(599).exactOptional(),
});

interface Message {
  readonly id: string;
  readonly evidence: Evidence;
}

/** `reprise classify FILE`: why each failure of a file of messages failed. */
export function registerClassify(program: Command): void {
  program
    .command('classify')
    .description('say of messages of failures why they failed, and whether a retry can help')
    .argument('<file>', 'JSON Lines with id and message, - for standard input')
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: { readonly json?: boolean }) => {
      const messages = readMessages(await readText(file), sourceOf(file));
      print(options, documentOf(messages), () => table(messages));
    });
}

/** @throws RepriseError INPUT_INVALID naming the first line that is no message */
export function readMessages(lines: string, source: string): Message[] {
  return lines.split('\n').flatMap((json, i) => {
    if (json.trim() === '') return [];
    const { id, ...evidence } = parseLine(json, `${source}:${i + 1}`);
    return [{ id, evidence }];
  });
}

function parseLine(json: string, place: string): z.infer<typeof messageSchema> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw invalid(`${place}: not a JSON document. Each line is one, such as {"id": "1", "message": "..."}`);
  }
  const parsed = messageSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`${place}: ${issue?.path.join('.') || 'the line'}: ${issue?.message}`);
}

function documentOf(messages: readonly Message[]) {
  return { results: messages.map(({ id, evidence }) => ({ id, ...classify(evidence) })) };
}

function table(messages: readonly Message[]): string {
  const rows = messages.map(({ id, evidence }) => {
    const { class: of, confidence, signature, why } = diagnose(evidence);
    return [id, of, confidence.toFixed(2), signature, why];
  });
  const all = [['id', 'class', 'sure', 'signature', 'why'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '));
  return `${lines.map((each) => each.trimEnd()).join('\n')}\n`;
}
