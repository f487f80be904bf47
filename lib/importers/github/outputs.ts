import type { Path } from '../../core/dag/check/problems';
import { shellWord } from '../../core/dag/shell/word';
import { expression, type Read, type Tell, wanting } from './env';
import type { Runtime } from './runtime';
import type { WorkflowJob } from './schema';
import { wordOfParts } from './texts';

/** By name, the lines that hand the outputs of a job on as those of its node, however it ended. */
export function outputLines(
  { outputs }: WorkflowJob,
  { path, read, runtime, tell }: { path: Path; read: Read; runtime: Runtime; tell: Tell },
): ReadonlyMap<string, readonly string[]> {
  const lines = Object.entries(outputs ?? {}).flatMap(([name, value]) => {
    const at = [...path, 'outputs', name];
    const { parts, wants } = read(value === null ? '' : String(value), at);
    const word = wordOfParts(parts);
    if (word !== undefined) {
      runtime.helpers.add('handon');
      return [[name, [...wants.map(wanting), `handon ${shellWord(name)} ${word}`]] as const];
    }
    const source = parts.find((part) => part.kind === 'unknown')!.source;
    tell(
      'left-out',
      at,
      `the output ${name} is ${expression(source)}, which is only known on GitHub: the node does not hand it on`,
    );
    return [];
  });
  return new Map(lines);
}
