import type { AuditEntry } from '../../core/audit/list';
import type { AuditReport, Counted, JobPart, VerifiedStream } from '../../core/audit/report';
import type { Recorded } from '../../core/journal/envelope';
import { AUDIT_STYLE } from './audit-style';
import { type Html, html, raw, time } from './html';

/**
 * A report as a page: one file, no script, nothing from elsewhere, for the screen in light and dark and for paper.
 * @param at when it was made, milliseconds since the epoch.
 */
export function auditHtml(report: AuditReport, at: number): string {
  const { scope, entries, verified, job, principals, actions } = report;
  const title = scope.job === undefined ? 'Audit report' : `Audit report of job ${scope.job}`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title><style>${raw(AUDIT_STYLE)}</style></head>
<body><main>
<header><p class="kind">Reprise</p><h1>${title}</h1>
<p class="span">${spanText(scope)}</p>${job && ofJob(job)}</header>
${verdict(verified)}
${tiles(report)}
${job && jobSection(job)}
<section><h2>Who asked for what</h2>${entries.length === 0 ? html`<p class="none">Nobody asked for anything.</p>` : records(entries)}</section>
<div class="pair"><section><h2>By who asked</h2>${counts('Principal', principals)}</section>
<section><h2>By what was asked</h2>${counts('Action', actions)}</section></div>
<section><h2>Verification</h2>${verification(verified)}</section>
<footer><p>Made ${time(at)}. Times are UTC. A record says who asked, from where, which scope let them in, what it was about and whose
that is, and what they were told; it holds no body and no token.</p></footer>
</main></body></html>
`.html;
}

const spanText = ({ from, to }: AuditReport['scope']): Html => html`${time(from)} to ${time(to)}`;

function ofJob({ owner, graph }: JobPart): Html {
  return html`<p class="span">of ${owner ?? 'an owner that is not known'}${graph && html`, graph <code>${graph.slice(0, 12)}</code>`}</p>`;
}

function verdict(verified: readonly VerifiedStream[]): Html {
  const bad = verified.filter(({ fault }) => fault !== undefined);
  const open = verified.filter(({ anchored, events }) => anchored === undefined || anchored.seq < events);
  if (verified.length === 0)
    return html`<p class="verdict open"><strong>Not verified.</strong> The journals are not on this machine: verify them where they are kept.</p>`;
  if (bad.length > 0)
    return html`<p class="verdict bad"><strong>Not valid.</strong> ${bad.length} of ${verified.length} journals are not as they were written; see below.</p>`;
  if (open.length > 0)
    return html`<p class="verdict open"><strong>Valid.</strong> ${journals(verified.length)} verified, none changed or missing; ${open.length} with events that no anchor has yet.</p>`;
  return html`<p class="verdict good"><strong>Valid and anchored.</strong> ${journals(verified.length)} verified against signed anchors, none changed or missing.</p>`;
}

const journals = (count: number): string => (count === 1 ? '1 journal' : `${count} journals`);

function tiles({ outcomes, unwritten, principals }: AuditReport): Html {
  const tile = (name: string, count: number, tone: string) =>
    html`<div class="tile ${tone}"><b>${count.toLocaleString('en')}</b><span>${name}</span></div>`;
  return html`<div class="tiles">${[
    tile('accepted', outcomes.accepted, 'accepted'),
    tile('refused', outcomes.refused, outcomes.refused > 0 ? 'refused' : ''),
    tile('failed', outcomes.failed, outcomes.failed > 0 ? 'failed' : ''),
    tile('principals', principals.length, ''),
    ...(unwritten > 0 ? [tile('refusals counted only', unwritten, 'refused')] : []),
  ]}</div>`;
}

function records(entries: readonly AuditEntry[]): Html {
  return html`<div class="wide"><table class="records"><thead><tr><th>When</th><th>Who, from where</th><th>What</th>
<th>About</th><th>Outcome</th></tr></thead><tbody>${entries.map(recordRow)}</tbody></table></div>`;
}

function recordRow(entry: AuditEntry): Html {
  const { at, principal, source, scope, action, resource, owner, outcome, status, code, times } = entry;
  const why = [entry.reason ?? code, times === undefined ? undefined : `${times} times`]
    .filter(Boolean)
    .join('; ');
  const whose = owner === undefined || owner === principal ? undefined : html`<small>of ${owner}</small>`;
  const trace = entry.correlationId ?? entry.traceId;
  return html`<tr><td class="time">${time(at)}</td>
<td><b>${principal || 'nobody known'}</b><small>${source || 'address not known'}</small></td>
<td><code>${action}</code><small>${scope ?? 'no scope'}</small></td>
<td>${resource && html`<code>${resource}</code>`}${whose}<small class="id">${trace}</small></td>
<td><span class="tag ${outcome}">${outcome} ${status}</span>${why && html`<small>${why}</small>`}</td></tr>
`;
}

function jobSection({ steps, others }: JobPart): Html {
  return html`<section><h2>What was decided about the job</h2><div class="wide"><table><thead><tr><th>Event</th><th>When</th>
<th>By</th><th>What</th><th>Details</th></tr></thead><tbody>${steps.map(stepRow)}</tbody></table></div>
${
  others.length > 0
    ? html`<p class="others">Besides, about its nodes: ${others.map(({ type, count }) => `${count} ${type}`).join(', ')}.</p>`
    : undefined
}</section>`;
}

/** Words, numbers and reasons that an event has of itself; lists and what is longer stay in the journal. */
function stepRow({ seq, at, actor, type, data }: Recorded): Html {
  const said = Object.entries(data).flatMap(([name, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value) ? [`${name} ${String(value).slice(0, 120)}`] : [],
  );
  return html`<tr><td class="number">${seq}</td><td class="time">${time(at)}</td><td><b>${actor.id}</b><small>${actor.kind}</small></td>
<td><code>${type}</code></td><td class="said">${said.join(', ')}</td></tr>
`;
}

function counts(head: string, all: readonly Counted[]): Html {
  const rows = all.map(
    ({ name, calls, refused }) =>
      html`<tr><td>${name || 'nobody known'}</td><td class="number">${calls}</td><td class="number">${refused}</td></tr>`,
  );
  return html`<table><thead><tr><th>${head}</th><th class="number">Calls</th><th class="number">Refused</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function verification(verified: readonly VerifiedStream[]): Html {
  if (verified.length === 0) return html`<p class="none">No journal of this report is on this machine.</p>`;
  const rows = verified.map(({ stream, events, fault, anchored }) => {
    const by = anchored
      ? html`up to event ${anchored.seq} by anchor ${anchored.anchor}<small>${time(anchored.at)}</small>`
      : html`not yet`;
    const how =
      fault === undefined
        ? html`<span class="tag accepted">valid</span>`
        : html`<span class="tag refused">not valid</span><small>${fault}</small>`;
    return html`<tr><td><code>${stream}</code></td><td>${how}</td><td class="number">${fault === undefined ? events : ''}</td><td>${by}</td></tr>`;
  });
  return html`<table><thead><tr><th>Journal</th><th>Result</th><th class="number">Events</th><th>Anchored</th></tr></thead><tbody>${rows}</tbody></table>`;
}
