import { counted } from '../../../core/model/counted';
import { many } from '../../../core/model/many';
import { ADVICE } from '../../../core/projections/advice';
import type { ExplainedAttempt } from '../../../core/projections/explained-attempts';
import type { Highlight } from '../../../core/projections/highlights';
import type { TestHistory } from '../../../reports/history';
import type { JobPage } from '../../job-page';
import { type Html, html, raw } from '../html';
import { humanDuration } from '../style';
import { attemptTable, logOf } from './attempts';

/** Nodes of one kind that are shown in full, and tests of one node; beyond them they are counted. */
const SHOWN = 100;

/** What failed for good: why, what was tried, and what to do. What failed alike stands together. */
export function failedNodes(page: JobPage): Html | undefined {
  const alike = new Map<string, Highlight[]>();
  for (const node of page.highlights.nodes) {
    if (node.outcome !== 'failed') continue;
    const key = lastFailed(node)?.diagnosis?.signature ?? `of ${node.nodeId} alone`;
    alike.set(key, [...(alike.get(key) ?? []), node]);
  }
  const groups = [...alike.values()].toSorted((a, b) => b.length - a.length);
  const show = (node: Highlight) => failedNode(node, page);
  return section('What failed', groups.flat(), { show, before: causes(groups) });
}

/** Where several failed: which of them said the same, as one cause may have failed them all. */
function causes(groups: readonly (readonly Highlight[])[]): Html | undefined {
  if (groups.flat().length < 2) return undefined;
  const rows = groups.slice(0, SHOWN).map((nodes) => {
    const [first] = nodes;
    const links = nodes
      .slice(0, SHOWN)
      .map(({ nodeId }) => html`<a href="#${anchorOf(nodeId)}">${nodeId}</a> `);
    return html`<li>${first && classTag(lastFailed(first))} ${links} <small>${first?.reason}</small></li>`;
  });
  return html`<p class="none">${many(groups.length, 'cause')}, by what they said:</p><ul class="plain causes">${rows}</ul>`;
}

const lastFailed = ({ attempts }: Highlight): ExplainedAttempt | undefined =>
  attempts.findLast(({ end }) => end === 'failed' || end === 'lost');

/** What could not run, by why. */
export function notRun({ highlights }: JobPage): Html | undefined {
  const reasons = new Map<string, string[]>();
  for (const { nodeId, outcome, reason = 'no reason is recorded' } of highlights.nodes) {
    if (outcome !== 'skipped' && outcome !== 'cancelled') continue;
    const key = `${outcome}: ${reason}`;
    reasons.set(key, [...(reasons.get(key) ?? []), nodeId]);
  }
  if (reasons.size === 0) return undefined;
  const { kept, count } = counted(reasons, SHOWN);
  const rows = kept.map(
    ([why, ids]) => html`<li>${ids.slice(0, SHOWN).map((id, i) => html`${i > 0 && ', '}<code>${id}</code>`)}
${ids.length > SHOWN && ` and ${ids.length - SHOWN} more`} <small>${why}</small></li>`,
  );
  return html`<section><h2>What did not run</h2><ul class="plain">${rows}</ul>${more(count - kept.length, 'reason')}</section>`;
}

/** Known flakes, which do not count. */
export function warnedNodes({ highlights }: JobPage): Html | undefined {
  const warned = highlights.nodes.filter(({ warning }) => warning !== undefined);
  if (warned.length === 0) return undefined;
  const { kept, count } = counted(warned, SHOWN);
  const rows = kept.map(
    ({ nodeId, warning }) =>
      html`<li><code>${nodeId}</code> <span class="tag flaky">known flake</span> <small>${warning}</small></li>`,
  );
  return html`<section><h2>Succeeded in spite of known flakes</h2><ul class="plain">${rows}</ul>${more(count - kept.length, 'node')}</section>`;
}

/** What a retry helped. */
export function recoveredNodes(page: JobPage): Html | undefined {
  const helped = page.highlights.nodes.filter(
    (node) => node.outcome === 'succeeded' && node.attempts.length > 1,
  );
  return section('What a retry helped', helped, { show: (node) => recoveredNode(node, page) });
}

/** Tests that failed and then passed on the same input. */
export function flakyTests({ report }: JobPage): Html | undefined {
  const flaky = report.suites.flatMap(({ nodeId, tests }) =>
    tests.filter(({ isFlaky }) => isFlaky).map((test) => ({ nodeId, test })),
  );
  if (flaky.length === 0) return undefined;
  const { kept, count } = counted(flaky, SHOWN);
  const rows = kept.map(
    ({
      nodeId,
      test,
    }) => html`<li><b>${nameOf(test)}</b> <span class="tag flaky">flaky</span> in <code>${nodeId}</code>
<small>${saidOf(test) ?? 'it failed, and then passed'}</small></li>`,
  );
  return html`<section><h2>Flaky tests</h2><ul class="plain">${rows}</ul>${more(count - kept.length, 'test')}</section>`;
}

function section(
  title: string,
  nodes: readonly Highlight[],
  { show, before }: { readonly show: (node: Highlight) => Html; readonly before?: Html | undefined },
): Html | undefined {
  if (nodes.length === 0) return undefined;
  const { kept, count } = counted(nodes, SHOWN);
  return html`<section class="nodes"><h2>${title}</h2>${before}${kept.map(show)}${more(count - kept.length, 'node')}</section>`;
}

const more = (count: number, what: string): Html | undefined =>
  count > 0
    ? html`<p class="none">${many(count, what)} more; the table of all nodes has them.</p>`
    : undefined;

/** Where a link of the page leads: ids of nodes are letters, digits, `-` and `_`. */
export const anchorOf = (nodeId: string): string => `node-${nodeId}`;

function failedNode(node: Highlight, page: JobPage): Html {
  const { nodeId, reason, whyNotAgain } = node;
  const last = lastFailed(node);
  return html`<article id="${anchorOf(nodeId)}"><h3><span class="sign failed" aria-hidden="true">✖</span> ${nodeId} ${classTag(last)}</h3>
<p class="said">${reason ?? last?.failure ?? 'It failed.'}</p>
${whatNext(node, last, page)}
${whyNotAgain && html`<p><b>Not tried again:</b> ${whyNotAgain}.</p>`}
${testsOf(node, page)}
${attemptTable(node, page)}
${last && logOf(nodeId, last.attempt, { page, isOpen: true })}
${signatureOf(last)}</article>`;
}

function recoveredNode(node: Highlight, page: JobPage): Html {
  const { nodeId, attempts } = node;
  const failed = attempts.filter(({ end }) => end === 'failed' || end === 'lost');
  const last = failed.at(-1);
  return html`<article id="${anchorOf(nodeId)}"><h3><span class="sign succeeded" aria-hidden="true">✔</span> ${nodeId} ${classTag(last)}
<span class="tag flaky">passed on attempt ${attempts.at(-1)?.attempt ?? attempts.length}</span></h3>
${attemptTable(node, page)}
${failed.map(({ attempt }) => logOf(nodeId, attempt, { page, isOpen: false }) ?? raw(''))}
${signatureOf(last)}</article>`;
}

function classTag(attempt: ExplainedAttempt | undefined): Html | undefined {
  if (!attempt?.diagnosis) return undefined;
  const { class: name, confidence } = attempt.diagnosis;
  return html`<span class="tag class">${name}</span> <span class="sure">${Math.round(confidence * 100)} % sure</span>`;
}

function signatureOf(attempt: ExplainedAttempt | undefined): Html | undefined {
  if (!attempt?.diagnosis) return undefined;
  const { signature, by, why } = attempt.diagnosis;
  return html`<p class="small">Class by ${by === 'person' ? 'a person' : `a ${by}`}: ${why}. Signature <code>${signature}</code>: failures that
differ in ids, times and paths only have the same.</p>`;
}

function whatNext({ nodeId }: Highlight, last: ExplainedAttempt | undefined, page: JobPage): Html {
  const advice = ADVICE[last?.diagnosis?.class ?? 'unknown'];
  const { timeline, option } = page;
  return html`<div class="next"><p><b>What to do next.</b> ${advice}</p>
<pre tabindex="0">reprise resume ${timeline.jobId}${option}
reprise explain ${timeline.jobId} ${nodeId}${option}</pre></div>`;
}

function testsOf({ nodeId }: Highlight, { report }: JobPage): Html | undefined {
  const suite = report.suites.find((each) => each.nodeId === nodeId);
  const failed = suite?.tests.filter(({ status }) => status === 'failed') ?? [];
  if (failed.length === 0) return undefined;
  const { kept, count } = counted(failed, SHOWN);
  const rows = kept.map(
    (
      test,
    ) => html`<tr><td><b>${nameOf(test)}</b>${placeOf(test)}</td><td><pre tabindex="0">${saidOf(test) ?? ''}</pre></td>
<td class="number">${triesOf(test)}</td></tr>`,
  );
  return html`<table><caption>Tests that failed</caption><thead><tr><th scope="col">Test</th><th scope="col">What it said</th><th scope="col" class="number">Runs</th></tr></thead>
<tbody>${rows}</tbody></table>${count > kept.length && html`<p class="none">${count - kept.length} more; JUnit and CTRF have all.</p>`}`;
}

function nameOf({ id }: TestHistory): string {
  return [...id.suites, id.title].filter((part) => part !== id.file).join(' › ');
}

function placeOf({ id, tries }: TestHistory): Html | undefined {
  const line = tries.find(({ status }) => status === 'failed')?.line;
  if (id.file === undefined) return undefined;
  return html` <small><code>${line === undefined ? id.file : `${id.file}:${line}`}</code></small>`;
}

function saidOf({ tries, why }: TestHistory): string | undefined {
  const said = tries.findLast(({ message }) => message !== undefined)?.message ?? why;
  return said && said.length > 1_200 ? `${said.slice(0, 1_199)}…` : said;
}

function triesOf({ tries }: TestHistory): string {
  const took = tries.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0);
  return took > 0 ? `${tries.length}, ${humanDuration(took)}` : String(tries.length);
}
