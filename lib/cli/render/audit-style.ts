/** How the audit report looks, on a screen in light and dark and on paper. */
export const AUDIT_STYLE = `
:root{--ink:#1d2430;--soft:#5c6675;--line:#dfe3e9;--paper:#fff;--page:#f5f6f8;--code:#eef1f5;
--good:#0b6b3a;--good-bg:#e3f4ea;--bad:#a3261b;--bad-bg:#fbe7e4;--open:#7a5200;--open-bg:#fbf0d6}
@media (prefers-color-scheme:dark){:root{--ink:#e4e8ee;--soft:#98a3b3;--line:#2c3440;--paper:#171c23;--page:#0f1318;--code:#232b35;
--good:#7ad7a3;--good-bg:#12301f;--bad:#ff9d92;--bad-bg:#3a1815;--open:#f0c46b;--open-bg:#332708}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1120px;margin:0 auto;padding:32px 24px 48px}
header{margin-bottom:20px}h1{font-size:26px;line-height:1.25;margin:2px 0 6px;overflow-wrap:anywhere}
h2{font-size:15px;margin:0 0 10px}
.kind{margin:0;color:var(--soft);font-size:12px;letter-spacing:.08em;text-transform:uppercase}
.span,.others,.none,footer{color:var(--soft);margin:0}.others{margin-top:10px}
section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin-top:18px;min-width:0}
.verdict{margin:0;padding:12px 16px;border-radius:10px}
.verdict.good{background:var(--good-bg);color:var(--good)}.verdict.bad{background:var(--bad-bg);color:var(--bad)}
.verdict.open{background:var(--open-bg);color:var(--open)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:12px;margin-top:18px}
.tile{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:12px 16px}
.tile b{display:block;font-size:24px;line-height:1.2;font-variant-numeric:tabular-nums}.tile span{color:var(--soft)}
.tile.refused b{color:var(--bad)}.tile.failed b{color:var(--open)}.tile.accepted b{color:var(--good)}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:18px}
.wide{overflow-x:auto}
table{width:100%;border-collapse:collapse}
th{text-align:left;color:var(--soft);font-weight:500;font-size:12px;padding:0 12px 6px 0;border-bottom:1px solid var(--line)}
td{padding:8px 12px 8px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
tbody tr:last-child td{border-bottom:0}
small{display:block;color:var(--soft);font-size:12px}
.number{text-align:right;font-variant-numeric:tabular-nums}
.time,time{white-space:nowrap;font-variant-numeric:tabular-nums}time i{font-style:normal;color:var(--soft)}
.records td:nth-child(1){width:150px}.records td:nth-child(5){width:24%}
code{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--code);border-radius:4px;padding:1px 5px}
.id{font:11px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}.said{color:var(--soft);font-size:12.5px}
.tag{display:inline-block;border-radius:999px;padding:1px 10px;font-size:12px;white-space:nowrap}
.tag.accepted{background:var(--good-bg);color:var(--good)}.tag.refused{background:var(--bad-bg);color:var(--bad)}
.tag.failed{background:var(--open-bg);color:var(--open)}
footer{margin-top:24px;font-size:12px}
@media (max-width:760px){.pair{grid-template-columns:1fr}main{padding:20px 12px}}
@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--page:#fff;--code:#fff;--good:#064d29;--good-bg:#fff;--bad:#8c1d13;
--bad-bg:#fff;--open:#5e3f00;--open-bg:#fff}
@page{margin:14mm}body{font-size:10.5px}main{max-width:none;padding:0}section,.tile{border-radius:0;padding:10px 0;border-width:0 0 1px}
.verdict,.tag{border:1px solid currentColor}.wide{overflow:visible}thead{display:table-header-group}tr{break-inside:avoid}h2{break-after:avoid}
code{padding:0}small,code,.said,.id,th,.tag,footer{font-size:9px}}
`;
