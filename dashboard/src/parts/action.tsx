import { useId, useState } from 'react';
import { type ApiError, call } from '../data/api';
import { Problem } from './basics';

interface ActionProps {
  readonly label: string;
  readonly path: string;
  /** What is sent besides the reason. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly onDone: () => void;
  readonly isDangerous?: boolean;
}

/** A command: it is asked why first, as the journal keeps the reason. */
export function Action({ label, path, body = {}, onDone, isDangerous = false }: ActionProps) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const id = useId();

  async function send() {
    setBusy(true);
    try {
      await call('POST', path, { ...body, ...(reason.trim() && { reason: reason.trim() }) });
      setOpen(false);
      setReason('');
      setError(undefined);
      onDone();
    } catch (refused) {
      setError(refused as ApiError);
    } finally {
      setBusy(false);
    }
  }

  if (!isOpen) {
    return (
      <button type="button" className={isDangerous ? 'dangerous' : ''} onClick={() => setOpen(true)}>
        {label}
      </button>
    );
  }
  return (
    <form
      className="action"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label htmlFor={id}>Why?</label>
      <input
        id={id}
        // biome-ignore lint/a11y/noAutofocus: the button that was pressed asks for it
        autoFocus
        value={reason}
        maxLength={500}
        placeholder="for the journal"
        onChange={({ target }) => setReason(target.value)}
      />
      <button type="submit" className={isDangerous ? 'dangerous' : 'primary'} disabled={isBusy}>
        {label}
      </button>
      <button type="button" onClick={() => setOpen(false)}>
        Leave it
      </button>
      <Problem error={error} />
    </form>
  );
}
