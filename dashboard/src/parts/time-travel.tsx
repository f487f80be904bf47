import { useEffect, useMemo, useRef, useState } from 'react';
import type { Recorded } from '../../../lib/core/journal/envelope';
import { clockTime } from '../data/tell';
import { Icon } from './icons';

interface TimeTravelProps {
  readonly events: readonly Recorded[];
  readonly at: number | undefined;
  readonly onTravel: (seq: number | undefined) => void;
}

/** How long playing a job takes, whatever it has. */
const PLAY_MS = 12_000;
const FRAME_MS = 60;
/** Marks that can be told apart on the slider. */
const MARKS = 200;

/** Any past moment of the job: its journal, read up to an event. */
export function TimeTravel({ events, at, onTravel }: TimeTravelProps) {
  const latest = events.at(-1)?.seq ?? 1;
  const now = at ?? latest;
  const [isPlaying, setPlaying] = usePlaying({ now, latest, onTravel });
  const marks = useMemo(() => events.filter(isMark).slice(-MARKS), [events]);
  const event = events[now - 1];
  const to = (seq: number) => onTravel(seq >= latest ? undefined : Math.max(1, seq));
  return (
    <section className="travel" aria-label="Time travel">
      <button
        type="button"
        aria-label={isPlaying ? 'Stop playing' : 'Play the job'}
        onClick={() => {
          if (!isPlaying && at === undefined) onTravel(1);
          setPlaying(!isPlaying);
        }}
      >
        <Icon name={isPlaying ? 'pause' : 'play'} />
      </button>
      <button type="button" aria-label="One event back" disabled={now <= 1} onClick={() => to(now - 1)}>
        ‹
      </button>
      <button type="button" aria-label="One event on" disabled={at === undefined} onClick={() => to(now + 1)}>
        ›
      </button>
      <div className="slider">
        <input
          type="range"
          aria-label="Moment of the job, by events of its journal"
          aria-valuetext={event && `event ${now}, ${event.type}`}
          min={1}
          max={latest}
          value={now}
          onChange={({ target }) => to(Number(target.value))}
        />
        <div className="marks" aria-hidden="true">
          {marks.map(({ seq, type }) => (
            <i
              key={seq}
              className={type}
              style={{ left: `${(100 * (seq - 1)) / Math.max(1, latest - 1)}%` }}
            />
          ))}
        </div>
      </div>
      <span className="moment">
        {at === undefined ? 'Now' : `Event ${at} of ${latest}`}
        {event && ` · ${clockTime(event.at)} · ${event.type}${nodeOf(event)}`}
      </span>
      {at !== undefined && (
        <button
          type="button"
          onClick={() => {
            setPlaying(false);
            onTravel(undefined);
          }}
        >
          Back to now
        </button>
      )}
    </section>
  );
}

const isMark = ({ type }: Recorded): boolean => type === 'attempt.failed' || type === 'attempt.lost';

function nodeOf({ data }: Recorded): string {
  const { nodeId } = data as { readonly nodeId?: string };
  return nodeId === undefined ? '' : ` ${nodeId}`;
}

/** Goes on by itself, from where one is to the end. */
function usePlaying({
  now,
  latest,
  onTravel,
}: { now: number; latest: number } & Pick<TimeTravelProps, 'onTravel'>) {
  const [isPlaying, setPlaying] = useState(false);
  const moment = useRef({ now, latest, onTravel });
  moment.current = { now, latest, onTravel };
  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setInterval(() => {
      const { now: seq, latest: last, onTravel: travel } = moment.current;
      const next = seq + Math.max(1, Math.round((last * FRAME_MS) / PLAY_MS));
      if (next < last) return travel(next);
      setPlaying(false);
      travel(undefined);
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [isPlaying]);
  return [isPlaying, setPlaying] as const;
}
