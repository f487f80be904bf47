import type { RequestOf } from '../../client/caller';
import type {
  AssignLettersRequest,
  ChangedLetters,
  LetterGroupView,
  ListLettersResponse,
  NoteLettersRequest,
  RedriveLettersRequest,
  ResolveLettersRequest,
  StopRedriveRequest,
} from '../../contract/letters';
import { type ClientOptions, createClientCaller } from './api-caller';
import { wholeGroup } from './whole-group';

/** What a list of letters is narrowed by. */
export type LettersWanted = NonNullable<RequestOf<'listLetters'>['query']>;

/** The part of the REST API by which people see to letters. */
export interface LetterClient {
  readonly list: (wanted: LettersWanted) => Promise<ListLettersResponse>;
  /** With all of its letters. */
  readonly get: (group: string) => Promise<LetterGroupView>;
  /** Never tried again: that could be a second redrive. */
  readonly redrive: (group: string, request: RedriveLettersRequest) => Promise<ChangedLetters>;
  readonly stopRedrive: (group: string, request: StopRedriveRequest) => Promise<ChangedLetters>;
  readonly resolve: (group: string, request: ResolveLettersRequest) => Promise<ChangedLetters>;
  readonly assign: (group: string, request: AssignLettersRequest) => Promise<ChangedLetters>;
  readonly note: (group: string, request: NoteLettersRequest) => Promise<ChangedLetters>;
}

export function createLetterClient(options: ClientOptions): LetterClient {
  const ask = createClientCaller(options);
  const once = { forMs: 0 };
  return {
    list: (query) => ask('listLetters', { query }),
    get: (group) =>
      wholeGroup((from) => ask('getLetters', { path: { group }, query: { letters_from: from } })),
    redrive: (group, body) => ask('redriveLetters', { path: { group }, body }, once),
    stopRedrive: (group, body) => ask('stopRedrive', { path: { group }, body }, once),
    resolve: (group, body) => ask('resolveLetters', { path: { group }, body }, once),
    assign: (group, body) => ask('assignLetters', { path: { group }, body }, once),
    note: (group, body) => ask('noteLetters', { path: { group }, body }, once),
  };
}
