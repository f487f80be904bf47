import type { ExplainedAttempt } from '../../../core/projections/explained-attempts';
import type { Highlight } from '../../../core/projections/highlights';
import type { JobPage } from '../../job-page';
import { type Html, html } from '../html';
import { humanDuration } from '../style';

/** The attempts of a node: where each ran, what came of it, and why the next one was made as it was. */
export function attemptTable({ nodeId, attempts }: Highlight, { timeline }: JobPage): Html | undefined {
  if (attempts.length === 0) return undefined;
  const rows = attempts.map((attempt) => row(attempt, timeline.submittedAt));
  return html`<div class="wide" tabindex="0" role="region" aria-label="Attempts of ${nodeId}"><table><caption>What was tried</caption>
<thead><tr><th scope="col" class="number">Attempt</th><th scope="col">Began</th><th scope="col">Worker</th><th scope="col">What came of it</th>
<th scope="col">What was done then, and why</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function row(attempt: ExplainedAttempt, from: number): Html {
  const { attempt: number, compensates, startedAt, endedAt, workerId, end = 'not over', failure } = attempt;
  const took =
    startedAt !== undefined && endedAt !== undefined ? humanDuration(endedAt - startedAt) : undefined;
  return html`<tr><td class="number">${number}${compensates && html` <small>to undo it</small>`}</td>
<td class="time">${startedAt === undefined ? 'never' : `+${humanDuration(startedAt - from)}`}${took && html` <small>took ${took}</small>`}</td>
<td>${workerId ?? ''}</td><td><span class="tag ${end === 'not over' ? 'open' : end}">${end}</span>${diagnosed(attempt)} <small>${failure}</small></td>
<td>${thenOf(attempt)}</td></tr>
`;
}

function diagnosed({ diagnosis }: ExplainedAttempt): Html | undefined {
  return diagnosis && html` ${diagnosis.class}`;
}

function thenOf({ next, recovery }: ExplainedAttempt): Html {
  const again =
    next &&
    html`<b>${next.strategy ?? 'again'}</b> after ${humanDuration(next.delayMs)} <small>${next.why}</small>`;
  const mended =
    recovery && html` <small>recovery after ${recovery.cause}: ${recovery.strategy}; ${recovery.why}</small>`;
  return html`${again}${mended}`;
}

/** The end of what an attempt wrote; without its log, what the journal has of it. */
export function logOf(
  nodeId: string,
  attempt: number,
  { page, isOpen }: { readonly page: JobPage; readonly isOpen: boolean },
): Html | undefined {
  const log = page.logs.get(`${nodeId}.${attempt}`) ?? recordedEnd(nodeId, attempt, page);
  if (!log) return undefined;
  const name = `What attempt ${attempt} wrote${log.isCut ? ', its end' : ''}`;
  return html`<details${isOpen && html` open`}><summary>${name}</summary><pre class="log" tabindex="0" role="region" aria-label="${name}, ${nodeId}">${log.text}</pre></details>`;
}

/** The journal has the last lines of a failure, below the first line that says how it ended. */
function recordedEnd(nodeId: string, attempt: number, { timeline }: JobPage) {
  const message = timeline.nodes.get(nodeId)?.attempts.findLast((one) => one.attempt === attempt)
    ?.failure?.message;
  const text = message?.split('\n').slice(1).join('\n').trimEnd();
  return text ? { text, isCut: true } : undefined;
}
