import { counted } from '../../../core/model/counted';
import type { NodeSuite } from '../../../reports/job-report';
import type { JobPage } from '../../job-page';
import { type Html, html } from '../html';
import { humanDuration, SYMBOLS } from '../style';
import { anchorOf } from './nodes';

/** Rows beyond which only what needs a look is listed. */
const ROWS = 1_000;

/** All nodes of a job, in the order of the graph. */
export function nodeTable({ report, highlights }: JobPage): Html {
  const { suites } = report;
  const plain = (suite: NodeSuite) => suite.outcome === 'succeeded' && suite.attempts.length <= 1;
  const listed = suites.length > ROWS ? suites.filter((suite) => !plain(suite)) : suites;
  const { kept } = counted(listed, ROWS);
  const rest = suites.length - kept.length;
  const linked = new Set(
    highlights.nodes.flatMap(({ nodeId, outcome, attempts }) =>
      outcome === 'failed' || (outcome === 'succeeded' && attempts.length > 1) ? [nodeId] : [],
    ),
  );
  return html`<div class="wide" tabindex="0" role="region" aria-label="All nodes"><table class="all"><thead><tr><th scope="col">Node</th>
<th scope="col">Outcome</th><th scope="col" class="number">Attempts</th><th scope="col" class="number">Ran for</th><th scope="col" class="number">Waited</th>
<th scope="col">Worker</th><th scope="col" class="number">Tests</th></tr></thead><tbody>${kept.map((suite) => row(suite, linked))}</tbody></table></div>
${rest > 0 && html`<p class="none">${rest} more nodes are not listed; JUnit and CTRF have all.</p>`}`;
}

function row(suite: NodeSuite, linked: ReadonlySet<string>): Html {
  const { nodeId, outcome, attempts, durationMs, tests } = suite;
  const workers = [...new Set(attempts.flatMap(({ workerId }) => workerId ?? []))].join(', ');
  const name = linked.has(nodeId) ? html`<a href="#${anchorOf(nodeId)}">${nodeId}</a>` : html`${nodeId}`;
  const failed = tests.filter(({ status }) => status === 'failed').length;
  const flaky = tests.filter(({ isFlaky }) => isFlaky).length;
  const bad = [...(failed > 0 ? [`${failed} failed`] : []), ...(flaky > 0 ? [`${flaky} flaky`] : [])];
  return html`<tr><td>${name}</td><td class="outcome ${outcome ?? 'open'}">${SYMBOLS[outcome ?? 'started']} ${outcome ?? 'not over'}</td>
<td class="number">${attempts.length}</td><td class="number">${attempts.length > 0 && humanDuration(durationMs)}</td>
<td class="number">${waitOf(suite)}</td><td>${workers}</td><td class="number">${tests.length > 0 && String(tests.length)}${bad.length > 0 && html` <small>${bad.join(', ')}</small>`}</td></tr>
`;
}

/** How long its attempts waited for a worker, all together; nothing where it was not noticeable. */
function waitOf({ attempts }: NodeSuite): string {
  const waited = attempts.reduce(
    (sum, { readyAt, startedAt }) =>
      sum + (readyAt === undefined || startedAt === undefined ? 0 : Math.max(0, startedAt - readyAt)),
    0,
  );
  return waited < 100 ? '' : humanDuration(waited);
}
