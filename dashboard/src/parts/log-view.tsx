import { AnsiUp } from 'ansi_up';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { LogStream } from '../../../lib/core/ports/logs';
import { type ApiError, get } from '../data/api';
import { Problem } from './basics';

interface LogAnswer {
  readonly text: string;
  readonly next_from: number;
  readonly size: number;
}

/** Of a long log the end is shown. */
const MAX_SHOWN = 400_000;

interface LogViewProps {
  readonly jobId: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly isLive: boolean;
  /** Which of the two is looked at first. */
  readonly first: LogStream;
}

/** What the command of an attempt wrote, with its colours; it follows while the job runs. */
export function LogView({ isLive, first, ...attempt }: LogViewProps) {
  const [stream, setStream] = useState(first);
  const [search, setSearch] = useState('');
  const { text, error } = useLog(attempt, stream, isLive);
  const shown = useMemo(() => linesOf(text, search), [text, search]);
  const end = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (isLive && end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [text, isLive]);
  const html = useMemo(() => {
    const ansi = new AnsiUp();
    ansi.use_classes = true;
    return ansi.ansi_to_html(shown);
  }, [shown]);
  return (
    <section aria-label="Log" className="log">
      <div className="bar">
        {(['stdout', 'stderr'] as const).map((one) => (
          <button key={one} type="button" aria-pressed={stream === one} onClick={() => setStream(one)}>
            {one}
          </button>
        ))}
        <input
          type="search"
          aria-label="Lines that hold"
          placeholder="Lines that hold …"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
      </div>
      <Problem error={error} />
      <pre
        ref={end}
        role="log"
        aria-label={stream}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        // The library escapes all but the colours, which it makes of codes.
        dangerouslySetInnerHTML={{ __html: html || '(nothing)' }}
      />
    </section>
  );
}

function linesOf(text: string, search: string): string {
  const end = text.slice(-MAX_SHOWN);
  if (search === '') return end;
  const wanted = search.toLowerCase();
  return end
    .split('\n')
    .filter((line) => line.toLowerCase().includes(wanted))
    .join('\n');
}

function useLog(attempt: Omit<LogViewProps, 'isLive' | 'first'>, stream: LogStream, isLive: boolean) {
  const { jobId, nodeId, attempt: number } = attempt;
  const [state, setState] = useState<{ text: string; error?: ApiError }>({ text: '' });
  useEffect(() => {
    let [from, text, isGone] = [0, '', false];
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function read() {
      try {
        for (;;) {
          const path = `/jobs/${jobId}/nodes/${nodeId}/attempts/${number}/log`;
          const page = await get<LogAnswer>(`${path}?stream=${stream}&from=${from}`);
          if (isGone) return;
          text = (text + page.text).slice(-2 * MAX_SHOWN);
          if (page.next_from === from) break;
          from = page.next_from;
        }
        setState({ text });
      } catch (error) {
        const isUnknown = (error as ApiError).status === 404;
        if (!isGone) setState({ text, ...(!isUnknown && { error: error as ApiError }) });
      }
      if (isLive && !isGone) timer = setTimeout(read, 1_000);
    }
    void read();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [jobId, nodeId, number, stream, isLive]);
  return state;
}
