/** Colours by role, light first; dark where the reader prefers it. Contrast of all text is 4.5 to 1 or better. */
export const STYLE = `
svg{--paper:#fff;--box:#f8f9fb;--line:#c3cad5;--ink:#1b2330;--soft:#566173;--edge:#8a94a6;--held:#4c6ef5;--hot:#d9480f;--hotbox:#fff4ec;--rule:#7048a8;--good:#2f9e5b;--goodbox:#f0faf4;--bad:#d02f22;--badbox:#fdecea}
@media (prefers-color-scheme:dark){svg{--paper:#12161d;--box:#1c222c;--line:#3d4758;--ink:#e8ecf2;--soft:#9da9ba;--edge:#6f7c90;--held:#8da2fb;--hot:#ff9557;--hotbox:#33221a;--rule:#c4a6ff;--good:#4cc38a;--goodbox:#14261d;--bad:#ff7b6e;--badbox:#3a1815}}
text{font-family:Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}
.paper{fill:var(--paper)}
.title{font-size:17px;font-weight:650}
.fact,.when,.note{fill:var(--soft);font-size:11px}
.headline{font-size:12px}
.rule{fill:var(--rule)}
.id{font-weight:600}
.box{fill:var(--box);stroke:var(--line);stroke-width:1.2}
.conditional .box{stroke-dasharray:4 3;stroke:var(--soft)}
.critical .box{fill:var(--hotbox);stroke:var(--hot);stroke-width:2}
.succeeded .box{stroke:var(--good);fill:var(--goodbox)}
.failed .box{stroke:var(--bad);fill:var(--badbox);stroke-width:2.4}
.skipped .box,.cancelled .box{stroke-dasharray:2 3;fill:none}
.edge{fill:none;stroke:var(--edge);stroke-width:1.3;marker-end:url(#arrow)}
.edge.held{stroke:var(--held);stroke-dasharray:5 4;marker-end:url(#arrowheld)}
.edge.critical{stroke:var(--hot);stroke-width:2.4;marker-end:url(#arrowcritical)}
.head{fill:var(--edge)}.head.held{fill:var(--held)}.head.critical{fill:var(--hot)}
.compact .edge{stroke-width:.8;opacity:.75}.compact .edge.critical{stroke-width:2;opacity:1}
`.trim();
