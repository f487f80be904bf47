import { execFileSync } from 'node:child_process';
import { createFinder, createMasker } from '../../../../../lib/adapters/embedded/process/masker';
import { secretForms } from '../../../../../lib/adapters/embedded/process/secret-forms';

const masked = (secret: string, text: string) => {
  const masker = createMasker(createFinder(secretForms(secret)));
  return Buffer.concat([masker.write(Buffer.from(text)), masker.end()]).toString();
};

const PLAIN = 'hunter2-and-more';
const SIGNS = `p&ss w<o>rd/"it's"$x\`+é%`;
const KEY = `-----BEGIN KEY-----\n${'Zm9vYmFyYmF6cXV4'.repeat(4)}\nlast+line/==\n-----END KEY-----\n`;

/** What a command prints of a secret that is in its environment. */
const shown = (secret: string, command: string) =>
  execFileSync('/bin/sh', ['-c', command], {
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', SECRET: secret },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Runs of four signs of a secret that are still to be seen. */
const leftOf = (secret: string, text: string) =>
  Array.from({ length: secret.length - 3 }, (_, i) => secret.slice(i, i + 4)).filter(
    (piece) => piece.trim().length === 4 && text.includes(piece),
  );

describe('a secret', () => {
  it.each([PLAIN, SIGNS, KEY])('is found as it is, alone and in a line: %j', (secret) => {
    expect(masked(secret, secret)).toMatch(/^\*\*\*\n?$/);
    expect(masked(secret, `token=${secret};`)).toBe('token=***;');
  });

  it('of several lines is found line by line, with the usual line ends, and one after the other', () => {
    const lines = KEY.trim().split('\n');
    for (const line of lines) expect(masked(KEY, `12:00 ${line} x`)).toBe('12:00 *** x');
    expect(masked(KEY, KEY.replaceAll('\n', '\r\n'))).toBe('***');
    expect(leftOf(KEY, masked(KEY, lines.join(' ')))).toEqual([]);
  });

  it.each([PLAIN, SIGNS, KEY])('is found in what base64 prints, alone and behind anything: %j', (secret) => {
    for (const before of ['', 'u', 'us', 'user:']) {
      const text = masked(secret, Buffer.from(`${before}${secret}\n`).toString('base64'));
      const rest = Buffer.from(text.replace('***', ''), 'base64').toString('latin1');
      expect(text).toContain('***');
      expect(rest.length).toBeLessThan(before.length + 4);
      expect(masked(secret, Buffer.from(`${before}${secret}`).toString('base64url'))).toContain('***');
    }
  });

  it('is found in the lines of the base64 command', () => {
    expect(masked(KEY, shown(KEY, 'printf %s "$SECRET" | base64'))).toBe('***\n');
    expect(masked(KEY, shown(KEY, 'printf %s "$SECRET" | base64 -w 64'))).toBe('***\n');
    expect(masked(KEY, shown(KEY, 'echo "$SECRET" | base64'))).toMatch(/^\*\*\*.{0,4}\n$/);
  });

  it.each([
    ['encodeURIComponent', encodeURIComponent(SIGNS)],
    ['a form', new URLSearchParams({ v: SIGNS }).toString().slice(2)],
    ['encodeURI', encodeURI(SIGNS)],
    ['lower case escapes', encodeURIComponent(SIGNS).replace(/%../g, (c) => c.toLowerCase())],
    ['JSON', JSON.stringify(SIGNS).slice(1, -1)],
    ['JSON in JSON', JSON.stringify(JSON.stringify(SIGNS)).slice(3, -3)],
    ['XML', SIGNS.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
    ['hexadecimal', Buffer.from(SIGNS).toString('hex')],
  ])('is found as %s', (_, form) => {
    expect(masked(SIGNS, `<${form}>`)).toBe('<***>');
  });

  it.each([
    ['python3', 'import json,os;print(json.dumps(os.environ["SECRET"])[1:-1])'],
    ['python3', 'import html,os;print(html.escape(os.environ["SECRET"]))'],
    ['python3', 'import urllib.parse as u,os;print(u.quote(os.environ["SECRET"]))'],
    ['python3', 'import urllib.parse as u,os;print(u.quote_plus(os.environ["SECRET"]))'],
    ['python3', 'import base64,os;print(base64.encodebytes(os.environb[b"SECRET"]).decode())'],
    ['python3', 'import os;print(os.environb[b"SECRET"].hex())'],
  ])('is found in what %s prints with: %s', (program, script) => {
    const quoted = `'${script}'`;
    const text = masked(SIGNS, shown(SIGNS, `${program} -c ${quoted}`)).trim();
    expect(text).toBe('***');
  });

  it('is found where a shell shows the commands that it runs', () => {
    for (const shell of ['sh', 'bash']) {
      const text = shown(SIGNS, `${shell} -xc ': "$SECRET"' 2>&1`);
      expect(leftOf(SIGNS, masked(SIGNS, text))).toEqual([]);
    }
  });

  it('with fewer than four characters is not looked for', () => {
    expect([secretForms('abc'), secretForms(''), secretForms('\n\n\n\n\n')]).toEqual([[], [], []]);
    expect(masked('abcd', 'abcd')).toBe('***');
  });

  it('is found without the empty ends that programs take away', () => {
    expect(masked('  padded \n', 'x:padded:x')).toBe('x:***:x');
  });
});
