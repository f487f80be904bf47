import { type Check, fail, pass, warn } from '../core/doctor/check';

/** Longer than an engine takes that has just been asked for the first time. */
const PATIENCE_MS = 15_000;
const SKEW_MS = 5_000;

/** What an engine answers to whoever has this token: reachable, accepted, allowed, in the same time. */
export async function checkApi(api: string, token: string, ask: typeof fetch = fetch): Promise<Check[]> {
  const url = `${api.replace(/\/$/, '')}/jobs?limit=1`;
  const headers = { authorization: `Bearer ${token}` };
  let answer: Response;
  try {
    answer = await ask(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const cause = (error as Error & { cause?: Error }).cause?.message ?? (error as Error).message;
    return [
      fail('api.reachable', `${api}: ${cause}`, 'check the address (`Url` of the api stack) and the network'),
    ];
  }
  await answer.arrayBuffer();
  return [reached(api, answer), accepted(answer), clock(answer)];
}

function reached(api: string, { status }: Response): Check {
  if (status < 500) return pass('api.reachable', api);
  return fail('api.reachable', `${api} answers ${status}`, 'look at the alarms and the log of list-jobs');
}

function accepted({ status }: Response): Check {
  const id = 'api.credentials';
  if (status === 401)
    return fail(
      id,
      'the token is not accepted',
      'get a new one: issuer, audience and age must be those of the environment',
    );
  if (status === 403)
    return fail(
      id,
      'the token may not list jobs',
      'give it the scope orchestration.jobs or orchestration.admin',
    );
  if (status === 404)
    return fail(id, 'there is no such route', 'name the address with its stage, such as https://.../v1');
  return status === 200 ? pass(id, 'accepted') : warn(id, `unknown: status ${status}`, 'try again');
}

/** The clock of the other side, as its answer says it, to the second. */
function clock(answer: Response): Check {
  const theirs = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(theirs)) return pass('api.clock', 'unknown');
  const skewMs = Date.now() - theirs;
  if (Math.abs(skewMs) < SKEW_MS) return pass('api.clock', 'agrees');
  return warn(
    'api.clock',
    `${Math.round(skewMs / 1_000)} s from that of the engine`,
    'set this clock by NTP: tokens go by it',
  );
}
