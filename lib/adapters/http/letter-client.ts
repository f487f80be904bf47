import {
  type AssignLettersRequest,
  type ChangedLetters,
  changedLettersResponse,
  type LetterGroupView,
  type ListLettersResponse,
  letterGroupView,
  listLettersResponse,
  type NoteLettersRequest,
  type RedriveLettersRequest,
  type ResolveLettersRequest,
  type StopRedriveRequest,
} from '../../contract/letters';
import { type ClientOptions, createClientCaller } from './api-caller';

/** What a list of letters is narrowed by. */
export interface LettersWanted {
  readonly status?: string;
  readonly class?: string;
  readonly kind?: string;
  readonly owner?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** The part of the REST API by which people see to letters. */
export interface LetterClient {
  readonly list: (wanted: LettersWanted) => Promise<ListLettersResponse>;
  /** @param from the letter with which the page begins. */
  readonly get: (group: string, from?: string) => Promise<LetterGroupView>;
  /** Never tried again: that could be a second redrive. */
  readonly redrive: (group: string, request: RedriveLettersRequest) => Promise<ChangedLetters>;
  readonly stopRedrive: (group: string, request: StopRedriveRequest) => Promise<ChangedLetters>;
  readonly resolve: (group: string, request: ResolveLettersRequest) => Promise<ChangedLetters>;
  readonly assign: (group: string, request: AssignLettersRequest) => Promise<ChangedLetters>;
  readonly note: (group: string, request: NoteLettersRequest) => Promise<ChangedLetters>;
}

export function createLetterClient(options: ClientOptions): LetterClient {
  const ask = createClientCaller(options);
  const pathOf = (group: string) => `/letters/${encodeURIComponent(group)}`;
  const change = (group: string, how: string, body: object) =>
    ask({ method: 'POST', path: `${pathOf(group)}/${how}`, body, forMs: 0 }, changedLettersResponse);
  return {
    list(wanted) {
      const query = new URLSearchParams(
        Object.entries(wanted).map(([name, value]): [string, string] => [name, String(value)]),
      );
      return ask({ method: 'GET', path: `/letters?${query}` }, listLettersResponse);
    },
    get: (group, from) =>
      ask(
        { method: 'GET', path: `${pathOf(group)}${from === undefined ? '' : `?letters_from=${from}`}` },
        letterGroupView,
      ),
    redrive: (group, request) => change(group, 'redrive', request),
    stopRedrive: (group, request) => change(group, 'redrive/stop', request),
    resolve: (group, request) => change(group, 'resolve', request),
    assign: (group, request) => change(group, 'assign', request),
    note: (group, request) => change(group, 'notes', request),
  };
}
