import { type DragEvent, useId, useState } from 'react';
import { counted, dayTime } from '../data/tell';
import type { ExportVerdict } from '../verify/verify-export';
import { Loading, Panel, Status } from './basics';

/** A journal that was exported is verified here, in the browser: nothing of it is sent anywhere. */
export function VerifyExport() {
  const [key, setKey] = useState('');
  const [file, setFile] = useState<File>();
  const [verdict, setVerdict] = useState<ExportVerdict | Error>();
  const [isBusy, setBusy] = useState(false);
  const id = useId();

  async function verify(chosen: File | undefined, given: string) {
    if (!chosen) return;
    setFile(chosen);
    setBusy(true);
    try {
      setVerdict(await verdictOn(chosen, given));
    } catch (error) {
      setVerdict(error as Error);
    } finally {
      setBusy(false);
    }
  }

  function dropped(event: DragEvent) {
    event.preventDefault();
    void verify(event.dataTransfer.files[0], key);
  }

  return (
    <Panel title="Verify a journal" tools={<small>in this browser; nothing is sent</small>}>
      <section
        className="verify body"
        aria-label="An export"
        onDragOver={(event) => event.preventDefault()}
        onDrop={dropped}
      >
        <div>
          <p>
            An export of <code>npx reprise journal export STREAM</code>, as JSON lines or CSV, gzipped or not.
            Its chain, its hashes, its signature and the anchor that it names are checked.
          </p>
          <label className="button primary">
            Choose an export
            <input
              type="file"
              className="unseen"
              accept=".jsonl,.csv,.gz"
              onChange={({ target }) => void verify(target.files?.[0], key)}
            />
          </label>
        </div>
        <label htmlFor={id}>
          Whose signature it must be: a public key (<code>npx reprise journal key</code>) or its fingerprint
          <textarea
            id={id}
            spellCheck={false}
            placeholder="anybody's, where this is empty"
            value={key}
            onChange={({ target }) => setKey(target.value)}
            onBlur={() => void verify(file, key)}
          />
        </label>
      </section>
      {isBusy && <Loading what="Verifying …" />}
      {!isBusy && file && verdict && (
        <Verdict name={file.name} verdict={verdict} hasKey={key.trim() !== ''} />
      )}
    </Panel>
  );
}

async function verdictOn(file: File, key: string): Promise<ExportVerdict> {
  const [{ verifyExport }, { fingerprintIn }] = await Promise.all([
    import('../verify/verify-export'),
    import('../verify/signatures'),
  ]);
  const fingerprint = key.trim() === '' ? undefined : await fingerprintIn(key);
  if (key.trim() !== '' && fingerprint === undefined)
    throw new Error('The key is neither a public key in PEM nor a fingerprint of 64 hex digits.');
  return verifyExport(await textOf(file), fingerprint);
}

/** What it is, its first bytes say: https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1 */
async function textOf(file: File): Promise<string> {
  const [a, b] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (a !== 0x1f || b !== 0x8b) return file.text();
  return new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

function Verdict({
  name,
  verdict,
  hasKey,
}: {
  name: string;
  verdict: ExportVerdict | Error;
  hasKey: boolean;
}) {
  if (verdict instanceof Error) {
    return (
      <div className="problem verdict" role="alert">
        <p>{verdict.message}</p>
      </div>
    );
  }
  if (!verdict.valid) {
    return (
      <div className="problem verdict" role="alert">
        <p>
          <strong>{name} does not verify.</strong> Position {verdict.at}: {verdict.reason}.
        </p>
        {verdict.line !== undefined && <pre>{verdict.line.slice(0, 2_000)}</pre>}
        <p className="mend">
          Everything before position {verdict.at} is as it was written. Compare with a copy from there on.
        </p>
      </div>
    );
  }
  return (
    <div className="verdict sound" role="status">
      <p>
        <Status of="accepted">{name} verifies</Status> {counted(verdict.events, 'event')} of{' '}
        <code>{verdict.stream}</code>, in order and as they were written.
      </p>
      <p>
        Signed {dayTime(verdict.signedAt)} by <code>{verdict.signedBy}</code>
        {!hasKey && ': compare that with the fingerprint you know'}.
      </p>
      {verdict.anchored && (
        <p>
          Anchor {verdict.anchored.number} of {dayTime(verdict.anchored.at)} has it up to event{' '}
          {verdict.anchored.seq}.
        </p>
      )}
    </div>
  );
}
