import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf } from '../../../../../lib/adapters/archive/signature';
import { type SignedHead, signHead } from '../../../../../lib/adapters/archive/signed-head';
import { verifyExport } from '../../../../../lib/adapters/embedded/disk/export-check';
import { EMPTY_HEAD, type Recorded } from '../../../../../lib/core/journal/envelope';
import { formatLine } from '../../../../../lib/core/journal/line';
import { eventsAfter, headAfter, STREAM } from '../../../../contract/journal-store.contract';
import { temporaryDir } from '../../../../support/e2e-files';

const { privateKey } = generateKeyPairSync('ed25519');
const events = eventsAfter(EMPTY_HEAD, 4);

function headOf(list: readonly Recorded[], key: KeyObject = privateKey): SignedHead {
  return signHead({ stream: STREAM, ...headAfter(list), at: 1_000 }, key);
}

async function verdictOn(lines: readonly string[], key?: string) {
  const path = join(temporaryDir(), 'export.jsonl');
  writeFileSync(path, lines.join(''));
  return verifyExport(path, { keys: key === undefined ? [] : [key] });
}

const lineOf = (head: SignedHead) => `${JSON.stringify(head)}\n`;
const whole = [...events.map(formatLine), lineOf(headOf(events))];

describe('an export', () => {
  it('verifies by itself, and names its signer', async () => {
    const signedBy = fingerprintOf(headOf(events));
    expect(await verdictOn(whole)).toEqual({ valid: true, events: 4, signedBy });
    expect(await verdictOn(whole, signedBy)).toMatchObject({ valid: true });
  });

  it('verifies with the kind of key that KMS has', async () => {
    const { privateKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(await verdictOn([...whole.slice(0, 4), lineOf(headOf(events, ec))])).toMatchObject({
      valid: true,
    });
  });

  it('does not verify without its head', async () => {
    expect(await verdictOn(whole.slice(0, 4))).toMatchObject({
      valid: false,
      reason: expect.stringContaining('head'),
    });
    expect(await verdictOn([])).toMatchObject({ valid: false });
  });

  it('does not verify when its tail was cut and the head kept', async () => {
    const cut = [...whole.slice(0, 2), ...whole.slice(4)];
    expect(await verdictOn(cut)).toMatchObject({ valid: false, at: 3 });
  });

  it('does not verify when its tail was cut and a head made up that nobody signed', async () => {
    const { head } = headOf(events.slice(0, 2));
    const forged = lineOf({ ...headOf(events), head });
    expect(await verdictOn([...whole.slice(0, 2), forged])).toMatchObject({
      valid: false,
      reason: expect.stringContaining('signature'),
    });
  });

  it('does not verify under another key than the one the reader knows', async () => {
    const other = generateKeyPairSync('ed25519').privateKey;
    const forged = [...whole.slice(0, 2), lineOf(headOf(events.slice(0, 2), other))];
    expect(await verdictOn(forged)).toMatchObject({ valid: true });
    expect(await verdictOn(forged, fingerprintOf(headOf(events)))).toMatchObject({ valid: false });
  });

  it('names the event that was changed', async () => {
    const changed = whole.map((line, i) => (i === 2 ? line.replace('"i":2', '"i":7') : line));
    expect(await verdictOn(changed)).toMatchObject({ valid: false, at: 3 });
  });
});
