import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import type { Timeline } from '../../../lib/core/projections/timeline';
import { isFlaky, NODE_STATUSES, statusOf } from '../data/node-status';
import { useDrawn } from '../data/printing';
import { linkHere } from '../data/route';
import { duration } from '../data/tell';
import { Empty, Status } from './basics';

interface NodeListProps {
  readonly nodes: readonly { readonly id: string }[];
  readonly timeline: Timeline;
  readonly onPath: ReadonlySet<string>;
  readonly jobId: string;
  readonly selected: string | undefined;
}

interface Row {
  readonly id: string;
  readonly status: string;
  readonly isFlaky: boolean;
  readonly attempts: number;
  readonly took: number | undefined;
  readonly reason: string | undefined;
}

/** What needs a person comes first. */
const ORDER = [
  'failed',
  'running',
  'backoff',
  'ready',
  'expanded',
  'waiting',
  'cancelled',
  'skipped',
  'succeeded',
];
const HEIGHT = 44;

/** Every node as a line, items of fan-outs included; of thousands those that are seen. */
export function NodeList({ nodes, timeline, onPath, jobId, selected }: NodeListProps) {
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState('');
  const rows = useMemo(() => rowsOf(nodes, timeline), [nodes, timeline]);
  const wanted = search.trim().toLowerCase();
  const shown = rows.filter(
    (row) =>
      row.id.toLowerCase().includes(wanted) &&
      (status === '' || row.status === status || (status === 'flaky' && row.isFlaky)),
  );
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    ...{ count: shown.length, getScrollElement: () => box.current },
    ...{ estimateSize: () => HEIGHT, overscan: 12 },
  });
  const drawn = useDrawn(virtual, shown.length);
  const statuses = NODE_STATUSES.filter((one) => rows.some((row) => row.status === one));
  return (
    <div className="node-list">
      <div className="filters">
        <input
          type="search"
          aria-label="Search nodes"
          placeholder="Search nodes"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
        <select
          aria-label="Status of nodes"
          value={status}
          onChange={({ target }) => setStatus(target.value)}
        >
          <option value="">every status</option>
          {statuses.map((one) => (
            <option key={one}>{one}</option>
          ))}
          {rows.some((row) => row.isFlaky) && <option>flaky</option>}
        </select>
        <small role="status">
          {shown.length.toLocaleString('en')} of {rows.length.toLocaleString('en')}
        </small>
      </div>
      {shown.length === 0 && <Empty title="No node is like that" />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <div ref={box} className="lines" tabIndex={0} role="group" aria-label="Nodes">
        <ul style={{ height: virtual.getTotalSize() }}>
          {drawn.map(({ index, start }) => {
            const row = shown[index] as Row;
            return (
              <li
                key={row.id}
                className={row.id === selected ? 'selected' : ''}
                style={{ transform: `translateY(${start}px)`, height: HEIGHT }}
              >
                <Status of={row.status} />
                <a href={linkHere('jobs', jobId, row.id)}>{row.id}</a>
                {onPath.has(row.id) && <span className="pill path">critical</span>}
                {row.isFlaky && <span className="pill flaky">flaky</span>}
                {row.attempts > 1 && <small>×{row.attempts}</small>}
                <small className="reason">{row.reason}</small>
                <span className="took">{duration(row.took)}</span>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}

function rowsOf(nodes: NodeListProps['nodes'], timeline: Timeline): Row[] {
  const ids = new Set([...nodes.map(({ id }) => id), ...timeline.nodes.keys()]);
  const rows = [...ids].map((id): Row => {
    const node = timeline.nodes.get(id);
    const last = node?.attempts.findLast(({ durationMs }) => durationMs !== undefined);
    return {
      ...{ id, status: statusOf(node), isFlaky: isFlaky(node), attempts: node?.attempts.length ?? 0 },
      ...{ took: last?.durationMs, reason: node?.reason ?? node?.warning },
    };
  });
  return rows.sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
}
