import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Anchored, anchoredIn, makeAnchor, NO_ANCHOR } from '../../../lib/adapters/archive/anchor-text';
import { csvOfEvent, csvOfHead } from '../../../lib/adapters/archive/csv';
import { EXPORT_FORMATS, type ExportFormat, exportOf } from '../../../lib/adapters/archive/export-text';
import { fingerprintOf, signerOf } from '../../../lib/adapters/archive/signature';
import { signHead } from '../../../lib/adapters/archive/signed-head';
import { verifyExport } from '../../../lib/adapters/embedded/disk/export-check';
import {
  type DomainEvent,
  EMPTY_HEAD,
  hashEvent,
  type Recorded,
  record,
} from '../../../lib/core/journal/envelope';
import { formatLine } from '../../../lib/core/journal/line';
import { temporaryDir } from '../../support/e2e-files';

const STREAM = 'job/j';
const { privateKey } = generateKeyPairSync('ed25519');
/** As KMS has it: ECDSA on P-256. */
const kms = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const other = generateKeyPairSync('ed25519').privateKey;
const FINGERPRINT = fingerprintOf(signHead({ stream: STREAM, seq: 1, hash: '', at: 1 }, privateKey));
const path = join(temporaryDir(), 'export');

const cause = {
  at: 1_700_000_000_123,
  actor: { kind: 'user', id: 'ana, "the tester"' },
  causeId: 'request-1',
  correlationId: STREAM,
  traceId: 'trace-1',
} as const;
/** Texts, numbers, lists and what an encoding could spoil. */
const EVENTS: readonly Recorded[] = record<DomainEvent>(
  STREAM,
  EMPTY_HEAD,
  Array.from({ length: 5 }, (_, i) => ({
    type: i % 2 === 0 ? 'attempt.succeeded' : 'node.completed',
    data: {
      nodeId: `n${i}`,
      attempt: i,
      outputs: { text: 'a,"b"\n\u2028', list: [1.5, null, true], none: {} },
    },
  })),
  cause,
);

async function linesOf(
  format: ExportFormat,
  events: readonly Recorded[] = EVENTS,
  key = privateKey,
  anchored?: Anchored,
) {
  async function* all() {
    yield* events;
  }
  const lines: string[] = [];
  for await (const line of exportOf(STREAM, all(), { format, key, at: 5, anchored })) lines.push(line);
  return lines;
}

/** With the key that the reader knows, and the file alone. */
function verdictOn(lines: readonly string[] | Buffer) {
  writeFileSync(path, Buffer.isBuffer(lines) ? lines : lines.join(''));
  return verifyExport(path, { keys: [FINGERPRINT] });
}

/** Every text, number and word in a value changed, one at a time; empty lists and objects get a member. */
function* changedOnce(value: unknown): Generator<unknown> {
  if (typeof value === 'string') yield `${value}x`;
  else if (typeof value === 'number') yield value + 1;
  else if (typeof value !== 'object' || value === null) yield value === true ? false : 'x';
  else {
    yield Array.isArray(value) ? [...value, 0] : { ...value, more: 0 };
    for (const [name, inner] of Object.entries(value)) {
      for (const changed of changedOnce(inner))
        yield Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed };
      if (Array.isArray(value)) yield value.toSpliced(Number(name), 1);
      else yield Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
    }
  }
}

describe.each(EXPORT_FORMATS)('an export as %s', (format) => {
  const textOf = { jsonl: formatLine, csv: csvOfEvent }[format];
  const header = format === 'csv' ? 1 : 0;
  let whole: readonly string[];
  beforeAll(async () => {
    whole = await linesOf(format);
  });
  const withEvents = (events: readonly Recorded[]) => [
    ...whole.slice(0, header),
    ...events.map(textOf),
    ...whole.slice(-1),
  ];

  it('verifies as it was written', async () => {
    expect(await verdictOn(whole)).toEqual({ valid: true, events: EVENTS.length, signedBy: FINGERPRINT });
  });

  it('names the event in which anything was changed, whatever it is', async () => {
    let changes = 0;
    for (const [i, event] of EVENTS.entries()) {
      for (const changed of changedOnce(event)) {
        const forged = withEvents(EVENTS.with(i, changed as Recorded));
        // A member more or less is none that the format of a row has.
        if (forged.join('') === whole.join('')) continue;
        expect([i, changed, await verdictOn(forged)]).toMatchObject([
          i,
          changed,
          { valid: false, at: i + 1 },
        ]);
        changes += 1;
      }
    }
    expect(changes).toBeGreaterThan(EVENTS.length * 30);
  });

  it('names the place from which an event was cut', async () => {
    for (const [i] of EVENTS.entries())
      expect([i, await verdictOn(withEvents(EVENTS.toSpliced(i, 1)))]).toMatchObject([
        i,
        { valid: false, at: i + 1 },
      ]);
  });

  it('names the first of two events that changed places', async () => {
    for (const [i, first] of EVENTS.entries())
      for (const [k, second] of EVENTS.entries())
        if (i < k)
          expect(await verdictOn(withEvents(EVENTS.with(i, second).with(k, first)))).toMatchObject({
            valid: false,
            at: i + 1,
          });
  });

  it('names the place of an event that was put in: of one that is chained and hashed as it ought to be, the next', async () => {
    for (let i = 0; i <= EVENTS.length; i++) {
      for (const copied of EVENTS) {
        const at = copied.seq === i + 1 ? i + 2 : i + 1;
        expect([i, copied.seq, await verdictOn(withEvents(EVENTS.toSpliced(i, 0, copied)))]).toMatchObject([
          ...[i, copied.seq],
          { valid: false, at },
        ]);
      }
      const before = EVENTS[i - 1] ?? EMPTY_HEAD;
      const [forged] = record(STREAM, before, [{ type: 'node.completed', data: { nodeId: 'evil' } }], cause);
      expect([i, await verdictOn(withEvents(EVENTS.toSpliced(i, 0, forged as Recorded)))]).toMatchObject([
        i,
        // The head names what stands at its place, and nothing behind it.
        { valid: false, at: i < EVENTS.length - 1 ? i + 2 : i + 1 },
      ]);
    }
  });

  it('sees an event that was rewritten together with its hash, at the next one or at the head', async () => {
    for (const [i, event] of EVENTS.entries()) {
      const evil = { ...event, data: { nodeId: 'evil' } };
      const forged = { ...evil, hash: hashEvent(evil) };
      expect([i, await verdictOn(withEvents(EVENTS.with(i, forged)))]).toMatchObject([
        i,
        { valid: false, at: Math.min(i + 2, EVENTS.length) },
      ]);
    }
  });

  it('sees a journal that was made up as a whole and signed by somebody else, by the key alone', async () => {
    const forged = record(
      STREAM,
      EMPTY_HEAD,
      [{ type: 'job.completed', data: { status: 'succeeded' } }],
      cause,
    );
    const lines = await linesOf(format, forged, other);
    expect(await verdictOn(lines)).toMatchObject({ valid: false, at: 2 });
    expect(await verifyExport(path)).toMatchObject({ valid: true });
  });

  it('sees anything that was changed in its head', async () => {
    const signed = signHead({ ...(EVENTS.at(-1) as Recorded), at: 5 }, privateKey);
    const headOf = (head: object) => (format === 'csv' ? csvOfHead(head) : `${JSON.stringify(head)}\n`);
    expect(headOf(signed)).toBe(whole.at(-1));
    for (const changed of changedOnce(signed)) {
      const forged = [...whole.slice(0, -1), headOf(changed as object)];
      expect([changed, await verdictOn(forged)]).toMatchObject([changed, { valid: false }]);
    }
  });

  it('is what an anchor names, or the event is named that is not', async () => {
    for (const anchoredAt of EVENTS.map(({ seq }) => seq)) {
      const { hash } = EVENTS[anchoredAt - 1] as Recorded;
      const heads = ['job/i', STREAM, 'job/k'].map((stream) => ({ stream, seq: anchoredAt, hash }));
      const anchor = await makeAnchor(NO_ANCHOR, heads, { sign: signerOf(kms), at: 4 });
      const anchored = anchoredIn(anchor, STREAM);
      const trusted = { keys: [FINGERPRINT, fingerprintOf(anchor)] };
      const verdict = async (events: readonly Recorded[]) => {
        writeFileSync(path, (await linesOf(format, events, privateKey, anchored)).join(''));
        return verifyExport(path, trusted);
      };
      expect(await verdict(EVENTS)).toMatchObject({ valid: true, anchored: { seq: anchoredAt, anchor: 1 } });
      // Whoever has the key of heads makes every chain anew: what was anchored stays.
      const again = (events: readonly DomainEvent[]) => record(STREAM, EMPTY_HEAD, events, cause);
      const said = EVENTS.map(({ type, data }) => ({ type, data }));
      const evil = { type: 'node.completed', data: { nodeId: 'evil' } };
      for (const [i] of EVENTS.entries()) {
        const expected = i < anchoredAt ? { valid: false, at: anchoredAt } : { valid: true };
        expect([i, await verdict(again(said.with(i, evil)))]).toMatchObject([i, expected]);
        expect([i, await verdict(again(said.toSpliced(i, 0, evil)))]).toMatchObject([i, expected]);
      }
      for (let length = 1; length < EVENTS.length; length++) {
        const expected = length < anchoredAt ? { valid: false, at: length + 1 } : { valid: true };
        expect([length, await verdict(again(said.slice(0, length)))]).toMatchObject([length, expected]);
      }
      expect(await verifyExport(path, { keys: [FINGERPRINT] })).toMatchObject({ valid: false });
    }
  });

  it('sees anything that was changed in the proof that it was anchored', async () => {
    const heads = [...Array(5).keys()].map((i) => ({
      ...(EVENTS[2] as Recorded),
      stream: i === 3 ? STREAM : `job/${i}`,
    }));
    const anchor = await makeAnchor(NO_ANCHOR, heads, { sign: signerOf(kms), at: 4 });
    const anchored = anchoredIn(anchor, STREAM) as Anchored;
    expect(await verdictAnchored(anchored)).toMatchObject({ valid: true });
    for (const changed of changedOnce(anchored))
      expect([changed, await verdictAnchored(changed as Anchored)]).toMatchObject([
        changed,
        { valid: false },
      ]);

    async function verdictAnchored(proof: Anchored) {
      writeFileSync(path, (await linesOf(format, EVENTS, privateKey, proof)).join(''));
      return verifyExport(path);
    }
  });

  it('does not verify once any byte of it is another, is gone, or is one more', async () => {
    const bytes = Buffer.from(whole.join(''));
    const at = fc.nat({ max: bytes.length - 1 });
    const byte = fc.integer({ min: 0, max: 255 });
    await fc.assert(
      fc.asyncProperty(at, byte, fc.constantFrom('change', 'cut', 'add'), async (i, value, how) => {
        const rest = bytes.subarray(how === 'add' ? i : i + 1);
        const put = how === 'cut' ? Buffer.alloc(0) : Buffer.from([value]);
        const changed = Buffer.concat([bytes.subarray(0, i), put, rest]);
        fc.pre(!changed.equals(bytes));
        // What a line ends with is not in it.
        fc.pre(!(how === 'cut' && i === bytes.length - 1));
        expect(await verdictOn(changed)).toMatchObject({ valid: false });
      }),
      { numRuns: 150 },
    );
  });
});
