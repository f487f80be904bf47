import { join } from 'node:path';
import * as z from 'zod';
import { digestSchema, quarantineSchema } from '../../../core/history/samples';
import { correctionSchema } from '../../../core/model/correction';
import type { CorrectionScope } from '../../../core/ports/history';
import { createSampleHistory, type SampleHistory } from '../../memory/history';
import { lineOf, parseLines } from './history-lines';
import type { Layout } from './layout';
import { keepPrivate } from './privacy';
import { createSharedLines } from './shared-lines';

const owner = z.string();

const decisionSchema = z.discriminatedUnion('decided', [
  z.object({ decided: z.literal('quarantine'), owner, quarantine: quarantineSchema }),
  z.object({ decided: z.literal('unquarantine'), owner, id: digestSchema }),
  z.object({
    decided: z.literal('correction'),
    signature: digestSchema,
    correction: correctionSchema,
    /** Absent of one that holds for everyone. */
    owner: owner.exactOptional(),
  }),
]);
type Decision = z.infer<typeof decisionSchema>;

export type Decisions = Pick<
  SampleHistory,
  'correct' | 'correctionOf' | 'quarantine' | 'quarantines' | 'unquarantine'
>;

/**
 * What people decided of flakes and failure classes, in `decisions.jsonl`, one decision a line, the latest last. Unlike
 * `history.jsonl` it is no cache: nothing else knows of a quarantine. Durable when a call resolves.
 */
export function createFileDecisions(layout: Layout): Decisions {
  let known = createSampleHistory();
  const lines = createSharedLines(join(layout.root, 'decisions.jsonl'), {
    onText: (text) => {
      for (const decision of parseLines(decisionSchema, text)) apply(known, decision);
    },
    onAnew: () => {
      known = createSampleHistory();
    },
  });

  async function decide(decision: Decision): Promise<void> {
    keepPrivate(layout);
    await lines.append(lineOf(decision), { durable: true });
  }

  return {
    correct: (signature, correction, scope) =>
      decide({ decided: 'correction', signature, correction, ...(scope === 'everyone' ? {} : scope) }),
    async correctionOf(signature, ownerOf) {
      await lines.refresh();
      return known.correctionOf(signature, ownerOf);
    },
    async quarantine(ownerOf, quarantine) {
      await lines.refresh();
      // Refused before it is written, as it would be when it is read.
      known.addQuarantine(ownerOf, quarantine);
      await decide({ decided: 'quarantine', owner: ownerOf, quarantine });
    },
    async unquarantine(ownerOf, id) {
      await lines.refresh();
      if (!known.removeQuarantine(ownerOf, id)) return false;
      await decide({ decided: 'unquarantine', owner: ownerOf, id });
      return true;
    },
    async quarantines(ownerOf) {
      await lines.refresh();
      return known.quarantines(ownerOf);
    },
  };
}

function apply(known: SampleHistory, decision: Decision): void {
  switch (decision.decided) {
    case 'quarantine':
      known.addQuarantine(decision.owner, decision.quarantine);
      break;
    case 'unquarantine':
      known.removeQuarantine(decision.owner, decision.id);
      break;
    case 'correction': {
      const { signature, correction } = decision;
      const scope: CorrectionScope = decision.owner === undefined ? 'everyone' : { owner: decision.owner };
      known.addCorrection(signature, correction, scope);
    }
  }
}
