import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { fingerprintIn, fingerprintOf } from '../../../dashboard/src/verify/signatures';
import { type ExportVerdict, verifyExport } from '../../../dashboard/src/verify/verify-export';
import { exportOf } from '../../../lib/adapters/archive/export-text';
import { record } from '../../../lib/core/journal/envelope';

const STREAM = 'job/01J';
const CAUSE = {
  ...{ at: 1_000, actor: { kind: 'user' as const, id: 'ana' } },
  ...{ causeId: 'c', correlationId: 'c', traceId: 't' },
};
const EVENTS = record(
  STREAM,
  { seq: 0, hash: '0'.repeat(64) },
  ['a', 'b', 'c'].map((name) => ({ type: 'job.noted', data: { name } })),
  CAUSE,
);
const KEYS = {
  ed25519: generateKeyPairSync('ed25519'),
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
};

async function exported(
  { privateKey: key }: (typeof KEYS)[keyof typeof KEYS] = KEYS.ed25519,
  format: 'jsonl' | 'csv' = 'jsonl',
): Promise<string> {
  async function* events() {
    yield* EVENTS;
  }
  let text = '';
  for await (const piece of exportOf(STREAM, events(), { format, key, at: 2_000 })) text += piece;
  return text;
}

const told = (verdict: ExportVerdict) => (verdict.valid ? verdict.events : [verdict.at, verdict.reason]);

beforeAll(() => {
  globalThis.crypto ??= webcrypto as typeof globalThis.crypto;
});

describe('an export in the browser', () => {
  it.each(Object.entries(KEYS))('verifies with its signature of %s', async (_, keys) => {
    const pem = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const fingerprint = await fingerprintIn(pem);
    expect(await verifyExport(await exported(keys), fingerprint)).toEqual({
      ...{ valid: true, events: 3, stream: STREAM, signedAt: 2_000, signedBy: fingerprint },
    });
  });

  it('verifies as a table as well', async () => {
    expect(told(await verifyExport(await exported(KEYS.ed25519, 'csv')))).toBe(3);
  });

  it.each([
    ['an event is changed', (lines: string[]) => lines.with(1, lines[1]!.replace('"b"', '"x"')), 2],
    ['an event is cut out', (lines: string[]) => lines.toSpliced(1, 1), 2],
    ['events change places', (lines: string[]) => lines.with(0, lines[1]!).with(1, lines[0]!), 1],
    ['the end is cut', (lines: string[]) => lines.toSpliced(2, 1), 3],
    ['an event is written otherwise', (lines: string[]) => lines.with(2, ` ${lines[2]}`), 3],
    ['the head is changed', (lines: string[]) => lines.with(3, lines[3]!.replace('2000', '2001')), 4],
    ['the head is gone', (lines: string[]) => lines.slice(0, 3), 3],
  ])('does not where %s, and names the position', async (_, change, at) => {
    const lines = (await exported()).trimEnd().split('\n');
    expect(await verifyExport(`${change(lines).join('\n')}\n`)).toMatchObject({ valid: false, at });
  });

  it('does not where somebody else signed it', async () => {
    const other = KEYS.p256.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const verdict = await verifyExport(await exported(), await fingerprintOf(other));
    expect(told(verdict)).toEqual([4, expect.stringContaining('the head is signed by')]);
  });

  it('takes a key in PEM or a fingerprint, and nothing else', async () => {
    expect(await fingerprintIn(` ${'A'.repeat(64)} `)).toBe('a'.repeat(64));
    expect(await fingerprintIn('my key')).toBeUndefined();
  });
});
