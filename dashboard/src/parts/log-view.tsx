import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { LogStream } from '../../../lib/core/ports/logs';
import { type ApiError, askEngine, isMissingHere } from '../data/api';
import { useDrawn } from '../data/printing';
import { counted } from '../data/tell';
import { Choice, Problem } from './basics';
import { found, type LogLine, linesOf } from './log-lines';

/** Of a long log the end is shown. */
const MAX_SHOWN = 1_000_000;
const LINE = 19;
/** Lines of a log that go on paper, its last ones. */
const PRINTED = 500;

interface LogViewProps {
  readonly jobId: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly isLive: boolean;
  /** Which of the two is looked at first. */
  readonly first: LogStream;
}

/** What the command of an attempt wrote, with its colours; searched, and followed while the job runs. */
export function LogView({ isLive, first, ...attempt }: LogViewProps) {
  const [stream, setStream] = useState(first);
  const [search, setSearch] = useState('');
  const [match, setMatch] = useState(0);
  const [follows, setFollows] = useState(isLive);
  const { text, error, isElsewhere } = useLog(attempt, stream, isLive);
  const lines = useMemo(() => linesOf(text), [text]);
  const matches = useMemo(() => found(lines, search), [lines, search]);
  const shown = matches.length === 0 ? undefined : matches[match % matches.length];
  return (
    <section aria-label="Log" className="log">
      <div className="row">
        <Choice
          label="Stream"
          of={[
            ['stdout', 'stdout'],
            ['stderr', 'stderr'],
          ]}
          value={stream}
          onChoose={setStream}
        />
        <form
          className="find"
          onSubmit={(event) => {
            event.preventDefault();
            setMatch(match + 1);
          }}
        >
          <input
            type="search"
            aria-label="Search the log"
            placeholder="Search the log"
            value={search}
            onChange={({ target }) => {
              setSearch(target.value);
              setMatch(0);
            }}
          />
          {search.trim() !== '' && (
            <small role="status">
              {matches.length === 0 ? 'nothing' : `${(match % matches.length) + 1} of ${matches.length}`}
            </small>
          )}
        </form>
        {isLive && (
          <button type="button" aria-pressed={follows} onClick={() => setFollows(!follows)}>
            Follow
          </button>
        )}
      </div>
      <Problem error={error} />
      {isElsewhere ? (
        <p className="hint">What commands write stays with their workers here.</p>
      ) : (
        <Lines
          {...{ lines, stream, shown }}
          matches={matches}
          follows={follows && isLive}
          onScrolledUp={() => setFollows(false)}
        />
      )}
      <small>{counted(lines.length, 'line')}</small>
    </section>
  );
}

interface LinesProps {
  readonly lines: readonly LogLine[];
  readonly stream: LogStream;
  readonly matches: readonly number[];
  /** The line that is looked for. */
  readonly shown: number | undefined;
  readonly follows: boolean;
  readonly onScrolledUp: () => void;
}

function Lines({ lines, stream, matches, shown, follows, onScrolledUp }: LinesProps) {
  const box = useRef<HTMLDivElement>(null);
  const marked = useMemo(() => new Set(matches), [matches]);
  const virtual = useVirtualizer({
    ...{ count: lines.length, getScrollElement: () => box.current },
    ...{ estimateSize: () => LINE, overscan: 20 },
  });
  const drawn = useDrawn(virtual, lines.length, PRINTED);
  useEffect(() => {
    if (shown !== undefined) virtual.scrollToIndex(shown, { align: 'center' });
  }, [shown, virtual]);
  useEffect(() => {
    if (follows && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [follows, lines.length, virtual]);
  return (
    <div
      ref={box}
      className="log-lines"
      style={{ height: `min(24rem, ${virtual.getTotalSize() + 24}px)` }}
      role="log"
      aria-label={stream}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
      tabIndex={0}
      onWheel={({ deltaY }) => follows && deltaY < 0 && onScrolledUp()}
    >
      {lines.length === 0 && <span className="hint">(nothing)</span>}
      <div style={{ height: virtual.getTotalSize() }}>
        {drawn.map(({ index, start }) => {
          const line = lines[index] as LogLine;
          const mark = index === shown ? 'shown' : marked.has(index) ? 'marked' : '';
          return (
            <div
              key={index}
              ref={(element) => {
                virtual.measureElement(element);
                if (element) coloured(element);
              }}
              data-index={index}
              className={`log-line ${mark}`}
              style={{ transform: `translateY(${start}px)` }}
            >
              <span className="line-number" aria-hidden="true">
                {line.number}
              </span>
              {/* The library escapes all but the colours, which it makes of codes. */}
              <span dangerouslySetInnerHTML={{ __html: line.html || ' ' }} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Colours without a class are set by script, as the policy of the page has no styles in HTML. */
function coloured(line: HTMLElement): void {
  for (const piece of line.querySelectorAll<HTMLElement>('[data-style]')) {
    piece.style.cssText = piece.dataset['style'] ?? '';
    delete piece.dataset['style'];
  }
}

function useLog(attempt: Omit<LogViewProps, 'isLive' | 'first'>, stream: LogStream, isLive: boolean) {
  const { jobId, nodeId, attempt: number } = attempt;
  const [state, setState] = useState<{ text: string; error?: ApiError; isElsewhere?: boolean }>({ text: '' });
  useEffect(() => {
    let [from, text, isGone] = [0, '', false];
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function read() {
      try {
        for (;;) {
          const page = await askEngine('getAttemptLog', {
            path: { jobId, nodeId, attempt: number },
            query: { stream, from },
          });
          if (isGone) return;
          text = (text + page.text).slice(-2 * MAX_SHOWN);
          if (page.next_from === from) break;
          from = page.next_from;
        }
        setState({ text: text.slice(-MAX_SHOWN) });
      } catch (error) {
        const refused = error as ApiError;
        const isElsewhere = isMissingHere(refused) || refused.code === 'FORBIDDEN';
        if (isGone) return;
        // An attempt that has not begun has written nothing.
        const isUnknown = refused.code.endsWith('_NOT_FOUND');
        setState({ text, isElsewhere, ...(!isUnknown && !isElsewhere && { error: refused }) });
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
