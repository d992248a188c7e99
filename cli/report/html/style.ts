import { DARK, LIGHT, type Theme } from './theme.ts'

/** Both themes: the system's choice, or the reader's; on paper always the light one. */
export function styleSheet(): string {
  return `
:root { color-scheme: light; ${variables(LIGHT)} }
@media screen and (prefers-color-scheme: dark) {
  :root:not([data-theme='light']) { color-scheme: dark; ${variables(DARK)} }
}
@media screen {
  :root[data-theme='dark'] { color-scheme: dark; ${variables(DARK)} }
}
${SERIES.map((name) => `.${name} { --c: var(--${name}); }`).join('\n')}
${DOCUMENT}${TABLES}${PLOTS}${PRINT}`
}

const SERIES = Object.keys(LIGHT).filter((name) => /^s\d$/.test(name))

const variables = (theme: Theme): string =>
  Object.entries(theme)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ')

const DOCUMENT = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', 'Helvetica Neue', Arial, sans-serif;
  overflow-wrap: anywhere;
}
code, .code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; font-size: .92em; }
a { color: var(--link); }
button {
  font: inherit; font-size: 13px; color: var(--ink); background: var(--panel); cursor: pointer;
  border: 1px solid var(--rule); border-radius: 6px; padding: 4px 10px;
}
button { white-space: nowrap; }
button:hover { border-color: var(--muted); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.top {
  display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 8px 16px;
  max-width: 1120px; margin: 0 auto; padding: 16px 20px 0;
}
.kind { margin: 0; white-space: nowrap; font-size: 14px; font-weight: 650; letter-spacing: .01em; }
.kind .of { color: var(--muted); font-weight: 400; margin-left: 6px; }
.mark {
  display: inline-block; width: 14px; height: 14px; margin-right: 8px; vertical-align: -2px; border-radius: 3px;
  background: linear-gradient(90deg, var(--s1) 0 55%, var(--s2) 55% 82%, var(--s3) 82%);
}
.columns { max-width: 1120px; margin: 0 auto; padding: 0 20px 64px; }
main { min-width: 0; }
nav { display: none; }
@media (min-width: 1100px) {
  .columns { display: grid; grid-template-columns: 176px minmax(0, 1fr); gap: 56px; }
  nav { display: block; }
  nav ol {
    position: sticky; top: 24px; list-style: none; margin: 40px 0 0; padding: 0;
    font-size: 13.5px; border-left: 1px solid var(--rule);
  }
  nav a { display: block; padding: 4px 0 4px 14px; margin-left: -1px; color: var(--muted); text-decoration: none; border-left: 2px solid transparent; }
  nav a:hover { color: var(--ink); border-left-color: var(--s1); }
}
h1 { font-size: clamp(26px, 4.2vw, 36px); line-height: 1.15; letter-spacing: -.018em; margin: 32px 0 8px; font-weight: 680; text-wrap: balance; }
h2 { font-size: 22px; line-height: 1.25; letter-spacing: -.01em; margin: 56px 0 4px; padding-top: 20px; border-top: 1px solid var(--rule); font-weight: 660; scroll-margin-top: 8px; }
h3 { font-size: 16.5px; line-height: 1.3; margin: 0; font-weight: 640; }
section > p { max-width: 68ch; }
.facts { list-style: none; margin: 0 0 28px; padding: 0; color: var(--muted); font-size: 14px; }
.facts li { display: inline; }
.facts li + li::before { content: '·'; margin: 0 8px; }
.notice { margin: 0 0 14px; padding: 10px 14px; border-left: 4px solid var(--note); background: var(--note-ground); border-radius: 0 6px 6px 0; font-size: 14.5px; }
.notice strong { color: var(--note); }
.notice ul { margin: 4px 0 0; padding-left: 20px; }
.notice p { margin: 0; }
.notice.invalid { border: 2px solid var(--bad); border-left-width: 10px; background: var(--bad-ground); padding: 14px 18px; }
.notice.invalid strong { display: block; color: var(--bad); font-size: 22px; line-height: 1.25; letter-spacing: -.01em; margin-bottom: 4px; }
.headline { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 126px), 1fr)); margin: 0 0 8px; }
.headline > div { background: var(--panel); border-radius: 8px; padding: 12px 14px 13px; }
.headline dt { font-size: 13px; color: var(--muted); }
.headline dd { margin: 0; }
.headline .figure { font-size: 26px; white-space: nowrap; line-height: 1.2; font-weight: 640; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.headline .unit { font-size: 15px; font-weight: 500; letter-spacing: 0; color: var(--muted); margin-left: 3px; }
.headline .more { font-size: 13px; color: var(--muted); }
.variants { display: grid; gap: 12px; margin: 0 0 8px; padding: 0; list-style: none; }
.variants > li { background: var(--panel); border-radius: 8px; padding: 14px 18px; display: grid; gap: 4px 20px; grid-template-columns: minmax(0, 1.9fr) repeat(3, minmax(0, 1fr)); }
.variants.compared > li { grid-template-columns: minmax(0, 1.75fr) repeat(2, minmax(0, 1fr)) minmax(0, .75fr) minmax(0, 2.3fr); }
.variants .ratio { font-variant-numeric: tabular-nums; }
.variants .against dd { font-size: 14px; line-height: 1.6; }
.variants .against dd.more { font-size: 13px; }
.variants dl { margin: 0; }
.variants dt { font-size: 13px; color: var(--muted); }
.variants dd { margin: 0; }
.variants .name { font-weight: 640; }
.variants .more { font-size: 13px; color: var(--muted); font-weight: 400; }
.variants .figure { font-size: 21px; line-height: 1.25; font-weight: 640; letter-spacing: -.015em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.variants .unit { font-size: 14px; font-weight: 500; letter-spacing: 0; color: var(--muted); margin-left: 3px; }
@media (max-width: 720px) {
  .variants > li, .variants.compared > li { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px 12px; }
  .variants .name { grid-column: 1 / -1; }
  .variants .against { grid-column: 1 / -1; }
}
.letter { display: inline-block; min-width: 20px; padding: 0 5px; margin-right: 7px; border-radius: 10px; background: var(--c); color: var(--on); font-size: 12.5px; line-height: 20px; font-weight: 700; text-align: center; }
.verdict { font-weight: 640; white-space: nowrap; }
.verdict.faster { color: var(--good); }
.verdict.slower { color: var(--bad); }
.verdict.noisy { color: var(--note); }
.verdict.same { color: var(--muted); }
.method { max-width: 72ch; }
.method dt { font-weight: 640; margin-top: 12px; }
.method dd { margin: 0; }
.raw { margin-top: 40px; font-size: 14px; color: var(--muted); }
.raw button { margin-right: 8px; }
#tip {
  position: fixed; z-index: 9; pointer-events: none; white-space: pre; font-size: 12.5px; line-height: 1.45;
  font-variant-numeric: tabular-nums; background: var(--ink); color: var(--page); padding: 6px 10px; border-radius: 6px;
  max-width: calc(100vw - 16px); overflow: hidden;
}
#tip[hidden] { display: none; }
`

const TABLES = `
.scroll {
  overflow-x: auto; margin: 16px 0;
  background:
    linear-gradient(to left, var(--page) 40%, transparent) right / 40px 100% no-repeat local,
    linear-gradient(to left, var(--rule), transparent) right / 14px 100% no-repeat scroll;
}
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.4; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-size: 14.5px; font-weight: 640; padding: 0 0 4px; caption-side: top; }
th { font-weight: 500; color: var(--muted); text-align: left; vertical-align: bottom; }
th, td { padding: 6px 0 6px 18px; white-space: nowrap; }
th:first-child { padding-left: 0; }
td { border-top: 1px solid var(--grid); vertical-align: top; }
thead th { border-bottom: 1px solid var(--rule); font-size: 13px; }
tbody th { border-top: 1px solid var(--grid); color: var(--ink); font-weight: 500; vertical-align: top; }
tr.first td, tr.first th { border-top-color: var(--rule); }
.number { text-align: right; }
td.main { font-weight: 640; }
.between { color: var(--muted); font-weight: 400; font-size: 12.5px; }
td.wraps { white-space: normal; min-width: 220px; }
th.wraps { white-space: normal; overflow-wrap: anywhere; min-width: 104px; }
.off { color: var(--bad); font-weight: 640; }
.facts-table { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 350px), 1fr)); gap: 0 36px; font-size: 14px; margin: 12px 0; }
.facts-table > div { display: grid; grid-template-columns: minmax(0, 11fr) minmax(0, 12fr); gap: 0 14px; padding: 6px 0; border-top: 1px solid var(--grid); line-height: 1.4; }
.facts-table dt { color: var(--muted); }
.facts-table dd { margin: 0; overflow-wrap: anywhere; }
.footnote { font-size: 13px; line-height: 1.45; color: var(--muted); margin: 8px 0; text-wrap: pretty; max-width: 92ch !important; }
`

const PLOTS = `
.plot { margin: 28px 0 12px; }
.plot .lead { margin: 2px 0 8px; font-size: 14.5px; color: var(--muted); max-width: 80ch; text-wrap: pretty; }
.plot figcaption { font-size: 13px; line-height: 1.45; color: var(--muted); margin-top: 4px; max-width: 92ch; text-wrap: pretty; }
.plot svg { display: block; width: 100%; height: auto; font-size: 12px; font-variant-numeric: tabular-nums; }
.plot svg.narrow { display: none; max-width: 460px; }
@media (max-width: 640px) {
  .plot svg.wide { display: none; }
  .plot svg.narrow { display: block; }
}
.too-small { margin: 12px 0; padding: 28px; text-align: center; color: var(--muted); background: var(--panel); border-radius: 8px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 8px; padding: 0; font-size: 13.5px; }
.legend svg { display: inline-block; width: 26px; height: 12px; vertical-align: -1px; margin-right: 6px; }
.legend .swatch { display: inline-block; width: 12px; height: 12px; border-radius: 2px; background: var(--c); margin-right: 6px; vertical-align: -1px; }
svg text { fill: var(--ink); }
svg .tick { fill: var(--muted); font-size: 11.5px; }
svg .axis-title { fill: var(--muted); font-size: 11.5px; }
svg .panel-title { font-size: 12.5px; font-weight: 640; }
svg .quiet { fill: var(--muted); }
svg .strong { font-weight: 640; }
svg .halo { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; }
svg .coloured { fill: var(--c); font-weight: 600; }
.grid { stroke: var(--grid); stroke-width: 1; shape-rendering: crispEdges; }
.axis-line { stroke: var(--muted); stroke-width: 1; shape-rendering: crispEdges; }
.curve { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.curve.thin { stroke-width: 1.4; }
.curve.ink { stroke: var(--ink); }
.dash { stroke-dasharray: 7 4; stroke-linecap: butt; }
.dots { stroke-dasharray: 1.5 4; }
.area { fill: var(--c); opacity: .78; }
.light.area { opacity: .26; }
.thread { fill: none; stroke: var(--c); stroke-width: 1; opacity: .55; }
.fill { fill: var(--c); }
.fill.edge, .area.edge { stroke: var(--page); stroke-width: 1; }
.fill.soft { opacity: .32; }
.sample { fill: none; stroke: var(--c); stroke-width: 3.2; stroke-linecap: round; opacity: .3; }
.sample.few { opacity: .75; stroke-width: 4; }
.mark-edge { fill: var(--c); stroke: var(--page); stroke-width: 2; }
.mark-open { fill: var(--page); stroke: var(--c); stroke-width: 2.2; }
.whisker { stroke: var(--c); stroke-width: 2; fill: none; }
.leader { stroke: var(--muted); stroke-width: 1; }
.badge rect { fill: var(--c); stroke: var(--page); stroke-width: 2; }
svg .badge text { fill: var(--on); font-size: 11.5px; font-weight: 700; }
svg .on { fill: var(--on); font-weight: 600; font-size: 11.5px; pointer-events: none; }
.band { fill: var(--muted); opacity: .14; }
.unity { stroke: var(--ink); stroke-width: 1.2; }
.hit { fill: transparent; }
.crosshair { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; pointer-events: none; }
.faster { --c: var(--good); }
.slower { --c: var(--bad); }
.noisy { --c: var(--note); }
.same { --c: var(--muted); }
.bad { --c: var(--bad); }
.ink-line { --c: var(--ink); }
`

const PRINT = `
@media print {
  @page { margin: 16mm 14mm; }
  body { font-size: 10.5pt; }
  .columns { display: block; max-width: none; padding: 0; }
  nav, button, #tip { display: none !important; }
  h2 { margin-top: 24px; break-after: avoid; }
  figure, .headline, .variants > li, .notice, tr { break-inside: avoid; }
  .plot svg.wide { display: block; }
  .plot svg.narrow { display: none; }
  .scroll { overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
