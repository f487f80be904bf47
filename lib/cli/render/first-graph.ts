import { counted } from '../../core/model/counted';
import type { Aside, Found } from '../../init/sketch';

interface FirstGraphReport {
  readonly found: readonly Found[];
  readonly aside: readonly Aside[];
  /** How many nodes the graph has, shards counted one by one. */
  readonly nodes: number;
  /** Where it was written. */
  readonly file?: string;
}

/** Lines of what was not used. */
const ASIDES = 20;

/** What a first graph was made of and why, for a person, and what to do next. */
export function renderFirstGraph({ found, aside, nodes, file }: FirstGraphReport): string {
  const { kept, count } = counted(aside, ASIDES);
  const lines = [
    ...found.map(({ what, file: shown, why, nodes: own }) => {
      const ids = counted(own, ASIDES);
      const more = ids.count > ids.kept.length ? ', ...' : '';
      return `${what} (${shown}): ${why}\n    ${ids.kept.map(({ id }) => id).join(', ')}${more}\n`;
    }),
    ...kept.map(({ file: shown, why }) => `not used (${shown}): ${why}\n`),
    ...(count > kept.length ? [`and ${count - kept.length} more that is not used\n`] : []),
    ...(file === undefined
      ? []
      : [
          `\n${file}: ${nodes} ${nodes === 1 ? 'node' : 'nodes'}; it compiles. Next: \`reprise run ${file}\`\n`,
        ]),
  ];
  return lines.join('');
}
