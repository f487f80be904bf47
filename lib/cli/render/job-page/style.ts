/** How the report of a job looks, on a screen in light and dark and on paper. Contrast of all text is 4.5 to 1 or better. */
export const PAGE_STYLE = `
:root{--ink:#1b2330;--soft:#566173;--line:#dfe3e9;--page:#f4f5f8;--card:#fff;--code:#eef1f5;--link:#2f54c4;
--good:#0b6b3a;--good-bg:#def3e6;--bad:#a3261b;--bad-bg:#fbe4e0;--open:#7a5200;--open-bg:#fbf0d6;--lost-bg:#f6dfae;--run-bg:#dbe3f6}
@media (prefers-color-scheme:dark){:root{--ink:#e4e8ee;--soft:#9aa5b5;--line:#2c3440;--page:#0e1217;--card:#151a21;--code:#212933;--link:#9db4ff;
--good:#7ad7a3;--good-bg:#12301f;--bad:#ff9d92;--bad-bg:#3d1a16;--open:#f0c46b;--open-bg:#332708;--lost-bg:#4a3a12;--run-bg:#25314d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:14px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1120px;margin:0 auto;padding:32px 24px 48px}
h1{font-size:27px;line-height:1.25;margin:2px 0 4px;overflow-wrap:anywhere}h1 .tag{font-size:14px;vertical-align:5px;padding:2px 12px}
h2{font-size:16px;margin:0 0 12px}h3{font-size:16px;margin:0 0 4px;overflow-wrap:anywhere}
p{margin:0 0 10px}a{color:var(--link)}
.kind{margin:0;color:var(--soft);font-size:12px;letter-spacing:.08em;text-transform:uppercase}
.lead{font-size:16px}
.facts{display:flex;flex-wrap:wrap;gap:4px 28px;margin:0}.facts div{display:flex;gap:8px}dt,.sure,.none,.small,footer,caption{color:var(--soft)}dd{margin:0}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin-top:18px;min-width:0}
.tiles{display:flex;flex-wrap:wrap;gap:10px;margin:20px 0 0}
.tile{flex:1 1 104px;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:10px 16px;display:flex;flex-direction:column}
.tile dd{font-size:24px;font-weight:650;line-height:1.3;font-variant-numeric:tabular-nums}.tile dt{order:2;font-size:12.5px}
.tile.failed dd,.sign.failed,.outcome.failed{color:var(--bad)}.tile.succeeded dd,.sign.succeeded,.outcome.succeeded{color:var(--good)}
.tile.flaky dd,.outcome.cancelled{color:var(--open)}.outcome.skipped,.outcome.open{color:var(--soft)}.outcome{white-space:nowrap}
article{padding:18px 0;border-top:1px solid var(--line)}article:first-of-type{border-top:0;padding-top:0}article:last-of-type{padding-bottom:0}
article>*+*{margin-top:12px}
.said{margin-bottom:0;overflow-wrap:anywhere}
.next{background:var(--code);border-left:3px solid var(--link);border-radius:0 8px 8px 0;padding:12px 16px}.next pre{margin:0;padding:0;background:none}
.tag{display:inline-block;border-radius:999px;padding:0 10px;font-size:12px;font-weight:500;white-space:nowrap;background:var(--code);color:var(--ink)}
.tag.succeeded{background:var(--good-bg);color:var(--good)}.tag.failed{background:var(--bad-bg);color:var(--bad)}
.tag.flaky,.tag.cancelled,.tag.lost,.tag.open{background:var(--open-bg);color:var(--open)}
.sure{font-size:12px;font-weight:400}
.wide{overflow-x:auto}.wide table{min-width:640px}.wide:focus-visible,pre:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{width:100%;border-collapse:collapse}caption{text-align:left;font-size:12px;padding-bottom:4px}
th{text-align:left;color:var(--soft);font-weight:500;font-size:12px;padding:0 14px 6px 0;border-bottom:1px solid var(--line);white-space:nowrap}
td{padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
tbody tr:last-child td{border-bottom:0}td pre{margin:0;padding:6px 10px}td small{max-width:64ch}
.all td{padding-block:5px}
small{display:block;color:var(--soft);font-size:12.5px}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.time{white-space:nowrap;font-variant-numeric:tabular-nums}
time i{font-style:normal;color:var(--soft)}
code,pre{font:12.5px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}code{background:var(--code);border-radius:4px;padding:1px 5px}
.next code,footer code{background:none;padding:0}
pre{background:var(--code);border-radius:8px;padding:12px 14px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0 0}
.log{max-height:420px;overflow:auto;white-space:pre;display:flex;flex-direction:column-reverse}
summary{cursor:pointer;color:var(--link);font-size:13px}
.causes{margin-bottom:14px}.causes+article{border-top:1px solid var(--line);padding-top:18px}.plain{list-style:none;margin:0;padding:0}.plain li{padding:6px 0}
.small,footer{font-size:12.5px}footer{margin-top:22px}
svg{max-width:none;display:block}svg.timeline text{font-family:inherit}
.worker{fill:var(--ink);font-weight:600}.ticktext{fill:var(--soft)}.tick,.rowline{stroke:var(--line)}.bartext{fill:var(--ink)}
.bar.succeeded{fill:var(--good-bg)}.bar.failed{fill:var(--bad-bg)}.bar.lost{fill:var(--lost-bg)}.bar.open{fill:var(--run-bg)}
.bar{stroke:currentColor;stroke-opacity:.28;stroke-width:1}.bar.failed{stroke:var(--bad);stroke-opacity:.8}.bar.undo{stroke-dasharray:3 2}
@media (max-width:760px){main{padding:20px 12px}section{padding:16px 14px}h1{font-size:22px}}
@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--page:#fff;--card:#fff;--code:#f2f2f2;--link:#000;--good:#064d29;--good-bg:#e6f4ea;--bad:#8c1d13;
--bad-bg:#fbe4e0;--open:#5e3f00;--open-bg:#fbf0d6;--lost-bg:#f6dfae;--run-bg:#dbe3f6}
@page{margin:12mm}body{font-size:10.5px;print-color-adjust:exact;-webkit-print-color-adjust:exact}main{max-width:none;padding:0}
section{border-radius:0;border-width:1px 0 0;padding:12px 0}.wide{overflow:visible}.wide table{min-width:0}svg{max-width:100%;height:auto}.log{max-height:none;display:block;white-space:pre-wrap}
tr,.tile,.next{break-inside:avoid}h2,h3{break-after:avoid}thead{display:table-header-group}}
`;
