import { type Caller, mayAccess } from '../core/access/scopes';
import { type Eligible, redrivable, resolvable } from '../core/dlq/eligible';
import type { GroupState } from '../core/dlq/state';
import { RepriseError } from '../core/errors';
import { letterAt } from '../core/messages/address';
import type { LetterMessage } from '../core/messages/letter';
import { present } from '../core/model/present';
import type { ReadOnly } from '../core/model/read-only';
import type { LetterList } from '../core/ports/registries';
import type { StreamAsker, StreamReader } from '../core/ports/streams';
import { ownerFor, requireAdmin, requireEdit, requireRetry } from './access';
import { requireMatch, versionOf } from './if-match';
import { noteOwner } from './noted';
import { type ApiRequest, type Commanding, commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';
import { letterGroupBody, letterSummaryBody } from './views/letters';

export interface LetterRouteDeps {
  readonly streams: StreamAsker & StreamReader;
  readonly letters: LetterList;
}

/** Letters: what failed for good, seen to by its owner and administrators. */
export function letterRoutes(deps: LetterRouteDeps): readonly Served[] {
  return [
    serve(ROUTES.listLetters, async ({ caller, query: { owner: named, cursor, sort, ...wanted } }) => {
      const owner = whose(caller, named, wanted.kind);
      const page = await deps.letters.list({
        ...{ ...wanted, owner, oldestFirst: sort === 'last_parked_at' },
        ...present({ cursor }),
      });
      const next = present({ next_cursor: page.cursor });
      return { status: 200, body: { groups: page.groups.map(letterSummaryBody), ...next } };
    }),
    serve(ROUTES.getLetters, async ({ caller, params: { group }, query }) => {
      const state = await lettersOf(deps, caller, group);
      const body = letterGroupBody(group, state, query.letters_from);
      return { status: 200, body, version: versionIn(state) };
    }),
    serve(ROUTES.assignLetters, async (request) => {
      const { caller, body } = request;
      await lettersToChange(deps, request);
      const { to, letters } = body;
      return tell(deps, request, { type: 'assign', to, by: caller.subject, ...present({ letters }) });
    }),
    serve(ROUTES.noteLetters, async (request) => {
      const { caller, body } = request;
      await lettersToChange(deps, request);
      const { text, letter_id: letterId } = body;
      return tell(deps, request, { type: 'note', text, by: caller.subject, ...present({ letterId }) });
    }),
    redrive(deps),
    stopRedrive(deps),
    resolve(deps),
  ];
}

/** Poisoned messages are nobody's: an administrator asks for them by their kind. */
function whose(caller: Caller, named: string | undefined, kind: string | undefined): string {
  if (kind !== 'message') return ownerFor(caller, named);
  requireAdmin(caller, 'kind: poisoned messages');
  return '';
}

function redrive(deps: LetterRouteDeps): Served {
  return serve(ROUTES.redriveLetters, async (request) => {
    const { caller, body, requestId } = request;
    const state = await lettersToChange(deps, request);
    const { letters, mode, per_minute: perMinute, input, force, reason } = body;
    const order = present({ letters, force: force ? (true as const) : undefined });
    const eligible = redrivable(state, order);
    for (const type of typesOf(state, eligible.letters)) requireRetry(caller, type, undefined);
    // Beyond what types of jobs and the letters themselves allow.
    if (force) requireRetry(caller, 'CRITICAL', undefined);
    if (input) requireEdit(caller);
    const { run, parameters, timeout: timeoutMs, body: text } = input ?? {};
    requireFits(state, { text, ofNode: run ?? parameters ?? timeoutMs });
    return change(deps, request, eligible, {
      ...{ type: 'redrive', orderId: requestId, mode, by: caller.subject, reason },
      ...order,
      ...present({ perMinute, input: input && present({ run, parameters, timeoutMs, body: text }) }),
    });
  });
}

/** Whoever may see letters may leave them where they are. What was handed out already goes on. */
function stopRedrive(deps: LetterRouteDeps): Served {
  return serve(ROUTES.stopRedrive, async (request) => {
    const { caller, body } = request;
    const { order } = await lettersToChange(deps, request);
    if (!order) throw lettersConflict(NOT_REDRIVEN);
    const { orderId } = order;
    return tell(deps, request, { type: 'stopRedrive', orderId, by: caller.subject, reason: body.reason });
  });
}

/** A message has a text, and a node runs something. @throws RepriseError INPUT_INVALID where the other is edited. */
function requireFits(
  { kind }: ReadOnly<GroupState>,
  { text, ofNode }: { readonly text: unknown; readonly ofNode: unknown },
): void {
  const isMessage = kind === 'message';
  if ((isMessage ? ofNode : text) === undefined) return;
  const path = isMessage ? 'input' : 'input.body';
  const message = isMessage
    ? 'a poisoned message runs nothing: edit its text, `input.body`'
    : 'only a poisoned message has a text: edit what the nodes run, or with what';
  throw new RepriseError('INPUT_INVALID', `${path}: ${message}`, {
    problems: [{ code: 'INPUT_INVALID', path, message }],
  });
}

function resolve(deps: LetterRouteDeps): Served {
  return serve(ROUTES.resolveLetters, async (request) => {
    const { caller, body } = request;
    const state = await lettersToChange(deps, request);
    const { letters, how, outputs, reason } = body;
    return change(deps, request, resolvable(state, { how, ...present({ letters }) }), {
      ...{ type: 'resolve', how, by: caller.subject, reason },
      ...present({ letters, outputs }),
    });
  });
}

/** What jobs the letters are of decides who may have them run again. */
function typesOf({ letters }: ReadOnly<GroupState>, ids: readonly string[]) {
  const found = ids.flatMap((id) => letters.get(id) ?? []);
  return new Set(found.filter(({ kind }) => kind !== 'message').map(({ jobType = 'STANDARD' }) => jobType));
}

/**
 * The letters of a group that the caller may see. Those of somebody else are as unknown as those that nobody parked.
 * @throws RepriseError LETTER_NOT_FOUND
 */
async function lettersOf(
  { streams }: LetterRouteDeps,
  caller: Caller,
  group: string,
): Promise<ReadOnly<GroupState>> {
  const { state } = await streams.view(letterAt(group));
  if (state.owner !== undefined) noteOwner(caller, state.owner);
  if (state.owner !== undefined && mayAccess(caller, { owner: state.owner })) return state;
  throw letterNotFound(group);
}

/** The same, of the version that the call names. @throws RepriseError LETTER_NOT_FOUND, PRECONDITION_FAILED */
async function lettersToChange(
  deps: LetterRouteDeps,
  { caller, params, header }: Asked & Pick<ApiRequest<(typeof ROUTES)['noteLetters']>, 'header'>,
): Promise<ReadOnly<GroupState>> {
  const state = await lettersOf(deps, caller, params.group);
  requireMatch(header, versionIn(state));
  return state;
}

/** Of what people decide upon: which letters there are and how they stand, the redrive under way, what was noted. */
function versionIn({ letters, order, notes }: ReadOnly<GroupState>): string {
  const stands = [...letters].map(([id, { status, assignee, resolved }]) => [
    id,
    status,
    assignee,
    resolved?.how,
  ]);
  return versionOf([stands, order?.orderId, notes.length]);
}

export function letterNotFound(group: string): RepriseError {
  const message = `no letters in ${group}: \`reprise dlq list\` shows the groups there are`;
  return new RepriseError('LETTER_NOT_FOUND', message, { context: { group } });
}

/** Why there is no redrive to stop. */
export const NOT_REDRIVEN =
  'no redrive of the group is under way: `reprise dlq show` says how the latest ended';

export function lettersConflict(why: string): RepriseError {
  return new RepriseError('LETTER_CONFLICT', why);
}

type Asked = Commanding & { readonly params: { readonly group: string } };

/** @throws RepriseError LETTER_CONFLICT where nothing of it can be done. */
async function change(
  deps: LetterRouteDeps,
  request: Asked,
  { refusal, left }: Eligible,
  message: LetterMessage,
) {
  if (refusal !== undefined) throw lettersConflict(refusal);
  const { status, body } = await tell(deps, request, message);
  return { status, body: { ...body, ...present({ left }) } };
}

async function tell(deps: LetterRouteDeps, request: Asked, message: LetterMessage) {
  const at = letterAt(request.params.group);
  await deps.streams.ask({ to: at, message }, commandOrigin(message.type, request));
  const { state } = await deps.streams.view(at);
  return { status: 200 as const, body: letterGroupBody(request.params.group, state) };
}
