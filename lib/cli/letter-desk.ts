import { createFileJournalStore } from '../adapters/embedded/disk/journal-store';
import type { Layout } from '../adapters/embedded/disk/layout';
import { createFileLetterList } from '../adapters/embedded/disk/letter-list';
import { createLetterClient, type LetterClient } from '../adapters/http/letter-client';
import { wholeGroup } from '../adapters/http/whole-group';
import { SYSTEM } from '../adapters/system';
import { pageBehind } from '../api/cursor';
import { letterNotFound, lettersConflict, NOT_REDRIVEN } from '../api/letters';
import { letterGroupBody, letterSummaryBody } from '../api/views/letters';
import type { GroupState, LetterStatus } from '../core/dlq/state';
import { createEngine } from '../core/engine/engine';
import { letterKind } from '../core/engine/kinds';
import { letterAt } from '../core/messages/address';
import type { LetterKind, LetterMessage } from '../core/messages/letter';
import type { FailureClass } from '../core/model/failure';
import { present } from '../core/model/present';
import type { ReadOnly } from '../core/model/read-only';
import { askBy, type ConnectOptions } from './connect';
import { currentUser, layoutAt } from './options';

type LetterDesk = Pick<LetterClient, 'list' | 'get' | 'assign' | 'note' | 'stopRedrive'>;

/** Asks the engine of `--api`, or else the files of the journal directory: whether a daemon serves them or not. */
export function consultLetters<T>(
  options: ConnectOptions,
  question: (desk: LetterDesk) => Promise<T>,
): Promise<T> {
  if (options.api !== undefined) return askBy(createLetterClient, options, question);
  return question(localDesk(layoutAt(options.journal)));
}

/** The letters of a journal directory, for what asks nothing of jobs. */
export interface LocalLetters {
  /** @throws RepriseError LETTER_NOT_FOUND */
  readonly view: (group: string) => Promise<ReadOnly<GroupState>>;
  /** @throws RepriseError LETTER_NOT_FOUND */
  readonly tell: (group: string, message: LetterMessage) => Promise<ReadOnly<GroupState>>;
}

export function localLetters(layout: Layout): LocalLetters {
  const { clock, random } = SYSTEM;
  const journal = createFileJournalStore(layout);
  // What jobs would be told, whoever has them tells them: nobody listens to events here.
  const perform = async () => undefined;
  const engine = createEngine({ journal, clock, random, perform }, { letter: letterKind });

  async function view(group: string): Promise<ReadOnly<GroupState>> {
    const { state } = await engine.view(letterAt(group));
    if (state.owner === undefined) throw letterNotFound(group);
    return state;
  }

  return {
    view,
    async tell(group, message) {
      await view(group);
      const actor = { kind: 'user', id: currentUser() } as const;
      await engine.handle(letterAt(group), [{ id: `${message.type}/${clock()}`, actor, message }]);
      return view(group);
    },
  };
}

function localDesk(layout: Layout): LetterDesk {
  const letters = localLetters(layout);
  const list = createFileLetterList(layout);
  const tell = async (group: string, message: LetterMessage) =>
    letterGroupBody(group, await letters.tell(group, message));
  return {
    async list({ status, class: failureClass, kind, limit = 20, cursor }) {
      const wanted = present({
        status: status as LetterStatus | undefined,
        class: failureClass as FailureClass | undefined,
        kind: kind as LetterKind | undefined,
      });
      // All jobs of a journal directory are one user's.
      const { groups, ...next } = await pageBehind(['letters', wanted], cursor, (cursor) =>
        list.list({ owner: currentUser(), limit, ...wanted, ...present({ cursor }) }),
      );
      return { groups: groups.map(letterSummaryBody), ...present({ next_cursor: next.cursor }) };
    },
    get: (group) => wholeGroup(async (from) => letterGroupBody(group, await letters.view(group), from)),
    assign: (group, { letters: ids, to }) =>
      tell(group, { type: 'assign', to, by: currentUser(), ...present({ letters: ids }) }),
    async stopRedrive(group, { reason = 'by request' }) {
      if (!(await letters.view(group)).order) throw lettersConflict(NOT_REDRIVEN);
      return tell(group, { type: 'stopRedrive', by: currentUser(), reason });
    },
    note: (group, { text, letter_id: letterId }) =>
      tell(group, { type: 'note', text, by: currentUser(), ...present({ letterId }) }),
  };
}
