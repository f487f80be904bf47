import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { signerOfAnchor } from '../adapters/archive/anchor-text';
import { fingerprintOfPem } from '../adapters/archive/signature';
import { anchorDirectory, type KnownAnchors, readAnchors } from '../adapters/embedded/disk/anchors';
import { type StreamVerdict, verifyDirectory } from '../adapters/embedded/disk/directory-check';
import { exists } from '../adapters/embedded/disk/durable';
import type { Layout } from '../adapters/embedded/disk/layout';
import { directoryKey } from '../adapters/embedded/disk/signing-key';
import { RepriseError } from '../core/errors';
import { many } from '../core/model/many';
import { EXIT } from './exit';
import { JOURNAL_OPTION, layoutAt } from './options';
import { print, printDocument } from './print';
import { type Colors, colorsFor } from './render/style';

interface AnchorOptions {
  readonly journal: string;
  readonly json?: boolean;
}

/** `reprise journal anchor` and `reprise journal key`. */
export function registerAnchoring(journal: Command): void {
  journal
    .command('anchor')
    .description(
      'sign where all journals end, so that a copy of that shows later what was changed or is gone',
    )
    .option(...JOURNAL_OPTION)
    .option('--json', 'print the anchor as one JSON document')
    .action(anchor);
  journal
    .command('key')
    .description('print the public key of a journal directory, which signs its exports, archives and anchors')
    .option(...JOURNAL_OPTION)
    .option('--json', 'print one JSON document: the key in PEM, and its fingerprint')
    .action(printKey);
}

async function anchor(options: AnchorOptions): Promise<void> {
  const layout = existing(options);
  const made = await anchorDirectory(layout, Date.now());
  const document = made && { ...made.anchor, signedBy: signerOfAnchor(made) };
  if (options.json) printDocument({ anchor: document ?? null });
  else if (!document) process.stdout.write('nothing to anchor: no journal has grown since the last one\n');
  else {
    const { number, size, root, signedBy } = document;
    process.stdout.write(`anchor ${number}: ${size} journals, root ${root}\nsigned by the key ${signedBy}\n`);
  }
}

async function printKey(options: AnchorOptions): Promise<void> {
  const key = createPublicKey(await directoryKey(existing(options)));
  const pem = key.export({ type: 'spki', format: 'pem' }).toString();
  const document = { key: pem, fingerprint: fingerprintOfPem(pem) };
  print(options, document, () => pem);
}

function existing({ journal }: AnchorOptions): Layout {
  const layout = layoutAt(journal);
  if (exists(layout.root)) return layout;
  throw new RepriseError('INPUT_INVALID', `no directory ${layout.root}: name it by --journal`);
}

/** `--key`, which may be given again: a fingerprint, or a file with a public key in PEM. @returns fingerprints. */
export function parseKey(text: string, before: readonly string[] = []): readonly string[] {
  if (/^[0-9a-f]{64}$/.test(text)) return [...before, text];
  if (existsSync(text)) {
    try {
      return [...before, fingerprintOfPem(readFileSync(text, 'utf8'))];
    } catch (cause) {
      throw new RepriseError('INPUT_INVALID', `--key: ${text} holds no key in PEM`, { cause });
    }
  }
  throw new RepriseError(
    'INPUT_INVALID',
    `--key is a fingerprint of 64 hex digits or a file with a public key in PEM, not ${JSON.stringify(text)}`,
  );
}

/** Anchors that are named; without a name those of the directory, where it has some. */
export async function anchorsFor(
  layout: Layout,
  { anchors, key }: { readonly anchors?: string; readonly key?: readonly string[] },
): Promise<KnownAnchors | undefined> {
  if (anchors !== undefined) return readAnchors(anchors, key);
  return exists(layout.anchors) ? readAnchors(layout.anchors) : undefined;
}

/** `reprise journal verify --all`: every journal of a directory, and every one that anchors know. */
export async function verifyAll(options: {
  readonly journal: string;
  readonly anchors?: string;
  readonly key?: readonly string[];
  readonly json?: boolean;
}): Promise<void> {
  const layout = existing(options);
  const anchors = (await anchorsFor(layout, options)) ?? NO_ANCHORS;
  const streams: StreamVerdict[] = [];
  for await (const verdict of verifyDirectory(layout, anchors)) streams.push(verdict);
  const valid = streams.every((verdict) => verdict.valid);
  const { count, at, signedBy } = anchors;
  const document = { valid, anchors: { count, ...(at !== undefined && { at }), signedBy }, streams };
  print(options, document, () => describeAll(document, colorsFor(process.stdout)));
  process.exitCode = valid ? EXIT.done : EXIT.failed;
}

const NO_ANCHORS: KnownAnchors = {
  ...{
    points: () => [],
    streams: () => [],
    covering: () => undefined,
    count: 0,
    at: undefined,
    signedBy: [],
  },
};

function describeAll(
  {
    valid,
    anchors,
    streams,
  }: { valid: boolean; anchors: { count: number; at?: number }; streams: readonly StreamVerdict[] },
  colors: Colors,
): string {
  const bad = streams.flatMap((verdict) =>
    verdict.valid
      ? []
      : [`  ${verdict.stream}: ${verdict.at === 0 ? '' : `event ${verdict.at}: `}${verdict.reason}\n`],
  );
  const events = streams.reduce((sum, verdict) => sum + (verdict.valid ? verdict.events : 0), 0);
  const free = streams.filter(({ anchored }) => anchored === undefined).length;
  const by =
    anchors.at === undefined
      ? 'no anchors: what is gone as a whole, or was written anew, would not be noticed (reprise journal anchor)\n'
      : `against ${many(anchors.count, 'anchor')}, the last of ${new Date(anchors.at).toISOString()}; ${many(free, 'journal')} not anchored yet\n`;
  const head = valid
    ? `${colors.green('valid')}: ${many(streams.length, 'journal')}, ${many(events, 'event')}, none changed or missing\n`
    : `${colors.red('not valid')}: ${bad.length} of ${many(streams.length, 'journal')}\n${bad.join('')}`;
  return `${head}${by}`;
}
