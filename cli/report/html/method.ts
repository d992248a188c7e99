import { html, type Markup } from './escape.ts'

/** A question and its answer in plain words. */
export type Explanation = readonly [string, string | Markup]

export const method = (explanations: readonly Explanation[]): Markup =>
  html`<dl class="method">${explanations.map(([title, words]) => html`<dt>${title}</dt><dd>${words}</dd>`)}</dl>`

/** True of every report. */
export const COMMON: readonly Explanation[] = [
  [
    'When a figure is missing',
    'A percentile is printed only where at least ten samples lie beyond it: the median needs 20, p90 needs 100, p99 needs 1,000 and p99.9 needs 10,000. Otherwise there is a dash (–), or the plot says “n too small”. The largest time is always shown, since it is no estimate: it happened.',
  ],
  [
    'What this is not',
    'Times are of this machine and of Sandlot, which starts no virtual machine and loads no code over a network. They compare handlers, settings and builds with one another; they do not foretell a time on AWS.',
  ],
]
