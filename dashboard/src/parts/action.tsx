import { useId, useRef, useState } from 'react';
import { type ApiError, askEngine, type OperationId, type RequestOf } from '../data/api';
import { Problem } from './basics';

interface ActionProps {
  readonly label: string;
  readonly call: OperationId;
  readonly path?: Readonly<Record<string, string>>;
  /** What is sent besides the reason. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly onDone: () => void;
  /** What it does, for whoever is about to. */
  readonly does?: string;
  readonly isDangerous?: boolean;
  readonly isPrimary?: boolean;
}

/** A command: it is asked why first, as the journal keeps the reason. */
export function Action(props: ActionProps) {
  const { label, call, path = {}, body = {}, onDone, does, isDangerous = false, isPrimary = false } = props;
  const [isOpen, setOpen] = useState(false);
  const wasOpen = useRef(false);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const id = useId();

  async function send() {
    setBusy(true);
    try {
      const sent = { ...body, ...(reason.trim() && { reason: reason.trim() }) };
      await askEngine(call, { path, body: sent } as RequestOf<typeof call>);
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

  const tone = isDangerous ? 'dangerous' : isPrimary ? 'primary' : '';
  const open = () => {
    wasOpen.current = true;
    setOpen(true);
  };
  if (!isOpen) {
    return (
      <button
        type="button"
        className={tone}
        title={does}
        // Whoever leaves it is where they were.
        ref={(button) => {
          if (wasOpen.current) button?.focus();
          if (button) wasOpen.current = false;
        }}
        onClick={open}
      >
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
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        setOpen(false);
      }}
    >
      {does && (
        <p id={`${id}-does`} className="does">
          {does}
        </p>
      )}
      <label htmlFor={id}>Why?</label>
      <input
        id={id}
        // biome-ignore lint/a11y/noAutofocus: the button that was pressed asks for it
        autoFocus
        value={reason}
        maxLength={500}
        placeholder="for the journal"
        aria-describedby={does && `${id}-does`}
        onChange={({ target }) => setReason(target.value)}
      />
      <button type="submit" className={isDangerous ? 'dangerous' : 'primary'} disabled={isBusy}>
        {label}
      </button>
      <button type="button" className="quiet" onClick={() => setOpen(false)}>
        Leave it
      </button>
      <Problem error={error} />
    </form>
  );
}

/** One line of text that is sent, such as a note. */
export function Sender(props: {
  readonly label: string;
  readonly button: string;
  readonly send: (text: string) => Promise<unknown>;
  readonly onDone: () => void;
}) {
  const { label, button, send, onDone } = props;
  const [text, setText] = useState('');
  const [error, setError] = useState<ApiError>();
  const id = useId();
  async function submit() {
    try {
      await send(text.trim());
      setText('');
      setError(undefined);
      onDone();
    } catch (refused) {
      setError(refused as ApiError);
    }
  }
  return (
    <form
      className="action"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label htmlFor={id}>{label}</label>
      <input id={id} value={text} maxLength={500} onChange={({ target }) => setText(target.value)} />
      <button type="submit" disabled={text.trim() === ''}>
        {button}
      </button>
      <Problem error={error} />
    </form>
  );
}
