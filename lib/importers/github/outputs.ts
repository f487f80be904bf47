import type { Path } from '../../core/dag/check/problems';
import { shellWord } from '../../core/dag/shell/word';
import { expression, type Read, type Tell } from './env';
import type { Expression } from './expression';
import { pieces } from './interpolate';
import type { Runtime } from './runtime';
import type { WorkflowJob } from './schema';
import { wordOfParts } from './texts';

/** The outputs of a job whose values its command can tell. */
export function knownOutputs({ outputs, steps }: WorkflowJob): Set<string> {
  const runs = new Set((steps ?? []).flatMap(({ id, run }) => (id && run ? [id.toLowerCase()] : [])));
  const isTold = (tree: Expression | undefined) =>
    tree !== undefined &&
    contextsOf(tree).every(
      ([root, id]) => root?.toLowerCase() !== 'steps' || runs.has((id ?? '').toLowerCase()),
    );
  return new Set(
    Object.entries(outputs ?? {})
      .filter(([, value]) =>
        pieces(String(value)).every((piece) => piece.kind === 'text' || isTold(piece.tree)),
      )
      .map(([name]) => name),
  );
}

/** Paths of the contexts that a tree asks for, wherever they stand in it. */
function contextsOf(tree: unknown): readonly (readonly string[])[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const { kind, path } = tree as { kind?: unknown; path?: unknown };
  return kind === 'context' ? [path as string[]] : Object.values(tree).flatMap(contextsOf);
}

/** Lines that hand the outputs of a job on as those of its node, however it ended. */
export function outputLines(
  { outputs }: WorkflowJob,
  { path, read, runtime, tell }: { path: Path; read: Read; runtime: Runtime; tell: Tell },
): string[] {
  return Object.entries(outputs ?? {}).flatMap(([name, value]) => {
    const at = [...path, 'outputs', name];
    const { parts } = read(value === null ? '' : String(value), at);
    const word = wordOfParts(parts);
    if (word !== undefined) {
      runtime.helpers.add('handon');
      return [`handon ${shellWord(name)} ${word}`];
    }
    const source = parts.find((part) => part.kind === 'unknown')!.source;
    tell(
      'left-out',
      at,
      `the output ${name} is ${expression(source)}, which is only known on GitHub: the node does not hand it on`,
    );
    return [];
  });
}
