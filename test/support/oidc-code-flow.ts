import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

interface Asked {
  readonly clientId: string;
  readonly challenge: string;
  readonly redirect: string;
}

/**
 * Authorization code with PKCE (RFC 7636), for public clients: `/authorize` sends whoever comes back at once with a code, and `/token`
 * gives a token for it, once, to who shows the verifier.
 * @returns whether the request was one of these, and is answered
 */
export function codeFlow(token: (clientId: string) => Promise<string>) {
  const codes = new Map<string, Asked>();

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const said = (name: string) => query.get(name) ?? '';
    const isPkce = said('response_type') === 'code' && said('code_challenge_method') === 'S256';
    if (!isPkce) return void response.writeHead(400).end('only by code, with PKCE');
    const code = randomUUID();
    const redirect = said('redirect_uri');
    codes.set(code, { clientId: said('client_id'), challenge: said('code_challenge'), redirect });
    response.writeHead(302, {
      location: `${redirect}?${new URLSearchParams({ code, state: said('state') })}`,
    });
    response.end();
  }

  async function give(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const code = form.get('code') ?? '';
    const asked = codes.get(code);
    codes.delete(code);
    const shown = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isHis =
      asked?.challenge === shown &&
      asked.clientId === form.get('client_id') &&
      asked.redirect === form.get('redirect_uri');
    const headers = { 'content-type': 'application/json', 'access-control-allow-origin': '*' };
    if (!asked || !isHis) {
      response.writeHead(400, headers).end('{"error":"invalid_grant"}');
      return;
    }
    const given = await token(asked.clientId);
    const answer = { access_token: given, id_token: given, token_type: 'Bearer', expires_in: 300 };
    response.writeHead(200, headers).end(JSON.stringify(answer));
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname === '/authorize') authorize(searchParams, response);
    else if (pathname === '/token' && request.method === 'POST')
      await give(new URLSearchParams(await text(request)), response);
    else return false;
    return true;
  };
}
