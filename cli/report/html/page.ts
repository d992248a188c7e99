import { html, type Markup, trusted } from './escape.ts'
import { rawData } from './raw-data.ts'
import { PAGE_SCRIPT } from './script.ts'
import { styleSheet } from './style.ts'

export interface Section {
  /** Unique on the page. */
  readonly id: string
  readonly title: string
  readonly content: Markup
}

export interface Page {
  /** `Benchmark`, `Load test`, … */
  readonly kind: string
  /** What was measured. */
  readonly title: string
  /** Short: when, the seed, how many. */
  readonly facts: readonly string[]
  readonly notices: Markup
  /** The figures that a reader in a hurry takes along. */
  readonly headline: Markup
  readonly sections: readonly (Section | null)[]
  readonly result: object
}

/** The document around a report. Its policy forbids itself to fetch anything from anywhere. */
export function page({ kind, title, facts, notices, headline, sections, result }: Page): Markup {
  const shown = sections.filter((section) => section !== null)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Sandlot">
<link rel="icon" href="data:,">
<title>${kind}: ${title}</title>
<style>${trusted(styleSheet())}</style>
</head>
<body>
<header class="top">
<p class="kind"><span class="mark" aria-hidden="true"></span>Sandlot <span class="of">${kind}</span></p>
<button type="button" id="theme" hidden>Theme: system</button>
</header>
<div class="columns">
<nav aria-label="Sections"><ol>${shown.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ol></nav>
<main>
<h1>${title}</h1>
<ul class="facts">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>
${notices}${headline}
${shown.map(sectionOf)}
${rawData(result)}
</main>
</div>
<div id="tip" role="status" hidden></div>
<script>${trusted(PAGE_SCRIPT)}</script>
</body>
</html>
`
}

const sectionOf = ({ id, title, content }: Section): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
${content}
</section>
`
