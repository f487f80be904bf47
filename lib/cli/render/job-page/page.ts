import { pictureOf, withOutcomes } from '../../../core/dag/draw/picture';
import { svg } from '../../../core/dag/draw/svg';
import type { Graph } from '../../../core/dag/graph';
import { many } from '../../../core/model/many';
import { present } from '../../../core/model/present';
import type { Timeline } from '../../../core/projections/timeline';
import type { JobPage } from '../../job-page';
import { type Html, html, raw, time } from '../html';
import { humanDuration } from '../style';
import { failedNodes, flakyTests, notRun, recoveredNodes, warnedNodes } from './nodes';
import { PAGE_STYLE } from './style';
import { nodeTable } from './table';
import { timelineSvg } from './timeline';

/**
 * What became of a job, as one file: no script, nothing from elsewhere, legible where a viewer forbids styles, for the
 * screen in light and dark and for paper.
 * @param at when it is made, milliseconds since the epoch.
 */
export function jobHtml(page: JobPage, at: number): string {
  const { timeline } = page;
  const title = `${timeline.name} ${timeline.status ?? 'is not over'}`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}: job ${timeline.jobId}</title><style>${raw(PAGE_STYLE)}</style></head>
<body><main>
${headOf(page)}
${tiles(page)}
${failedNodes(page)}
${notRun(page)}
${warnedNodes(page)}
${recoveredNodes(page)}
${flakyTests(page)}
<section><h2>Timeline by worker</h2>${timelineOf(timeline)}</section>
<section><h2>Graph</h2>${graphOf(page)}</section>
<section><h2>All nodes</h2>${nodeTable(page)}</section>
${footOf(page, at)}
</main></body></html>
`.html;
}

function headOf({ timeline, highlights, report }: JobPage): Html {
  const nodes = report.suites.length;
  const { name, status, reason, jobId, owner, pool, submittedAt, trigger } = timeline;
  const { counts } = highlights;
  const helped = highlights.nodes.filter((node) => node.outcome === 'succeeded' && node.attempts.length > 1);
  const said = [
    ...(counts.failed > 0 ? [`${counts.failed} of ${many(nodes, 'node')} failed`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} had nothing to do or could not run`] : []),
    ...(counts.cancelled > 0 ? [`${counts.cancelled} cancelled`] : []),
    ...(helped.length > 0 ? [`${many(helped.length, 'node')} helped by a retry`] : []),
  ];
  const all = said.length === 0 ? `${many(nodes, 'node')}, nothing to look at` : said.join(', ');
  return html`<header><p class="kind">Reprise</p>
<h1>${name} <span class="tag ${status ?? 'open'}">${status ?? 'not over'}</span></h1>
<p class="lead">${all}, in ${humanDuration(highlights.durationMs)}.${reason && html` Why it ended: ${reason}.`}</p>
<dl class="facts"><div><dt>Job</dt><dd><code>${jobId}</code></dd></div><div><dt>Owner</dt><dd>${owner}</dd></div>
<div><dt>Pool</dt><dd>${pool}</dd></div>${trigger && html`<div><dt>Trigger</dt><dd>${trigger}</dd></div>`}
<div><dt>Submitted</dt><dd>${time(submittedAt)} UTC</dd></div></dl></header>`;
}

function tiles({ highlights, timeline, report }: JobPage): Html {
  const tile = (name: string, count: number, tone = '') =>
    html`<div class="tile ${count > 0 ? tone : ''}"><dt>${name}</dt><dd>${count.toLocaleString('en')}</dd></div>`;
  const { succeeded, failed, skipped, cancelled } = highlights.counts;
  const attempts = [...timeline.nodes.values()].reduce((sum, node) => sum + node.attempts.length, 0);
  const tests = report.suites.flatMap((suite) => suite.tests);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const broken = tests.filter(({ status }) => status === 'failed').length;
  const flaky = tests.filter(({ isFlaky }) => isFlaky).length;
  return html`<dl class="tiles">${[
    tile('nodes failed', failed, 'failed'),
    tile('nodes succeeded', succeeded, 'succeeded'),
    tile('skipped', skipped),
    ...(cancelled > 0 ? [tile('cancelled', cancelled)] : []),
    tile('attempts', attempts),
    ...(tests.length === 0
      ? []
      : [
          tile('tests failed', broken, 'failed'),
          tile('tests passed', passed, 'succeeded'),
          tile('tests flaky', flaky, 'flaky'),
        ]),
  ]}</dl>`;
}

function timelineOf(timeline: Timeline): Html {
  const drawn = timelineSvg(timeline);
  if (drawn === undefined) return html`<p class="none">No attempt has begun.</p>`;
  const { markup, shown, total } = drawn;
  const rest = total - shown;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Timeline by worker">${raw(markup)}</div>
${rest > 0 && html`<p class="none">The ${shown} longest attempts; ${rest} shorter ones are not drawn.</p>`}`;
}

/** Nodes beyond which a picture tells less than a list. */
const DRAWN = 400;

function graphOf({ graph, timeline }: JobPage): Html {
  if (graph && graph.nodes.length <= DRAWN) {
    const drawn = svg(
      withOutcomes(pictureOf(asItRan(graph, timeline)), (nodeId) => timeline.nodes.get(nodeId)?.outcome),
    );
    return html`<div class="wide" tabindex="0" role="region" aria-label="Graph">${raw(drawn)}</div>`;
  }
  return html`<p class="none">Not drawn: ${graph ? `${graph.nodes.length} nodes are too many to look at` : 'the graph is not beside the journal'}.
<code>reprise graph GRAPH --format svg</code> draws it.</p>`;
}

/** With the durations of this job in place of those that were expected, so that its critical path is the real one. */
function asItRan(graph: Graph, { nodes }: Timeline): Graph {
  const ran = (id: string) => {
    const node = nodes.get(id);
    if (node?.outcome === 'skipped') return 0;
    return node?.attempts.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0) || undefined;
  };
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, ...present({ durationMs: ran(node.id) }) })),
  };
}

function footOf({ journal, option, timeline }: JobPage, at: number): Html {
  const by = journal.signedBy === undefined ? '' : `, signed by the key ${journal.signedBy}`;
  return html`<footer><p>Made ${time(at)} UTC from the ${journal.events} events of the journal of the job, whose hash chain holds${by}.
<code>reprise journal verify ${timeline.jobId}${option}</code> proves it again. Secrets are masked as commands write them;
logs are shown from their ends.</p></footer>`;
}
