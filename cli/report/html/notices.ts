import { html, type Markup } from './escape.ts'

/** What a reader must know before any figure. */
export const notices = (isComplete: boolean, warnings: readonly string[]): Markup =>
  html`${
    !isComplete &&
    html`<div class="notice" role="note" data-notice="incomplete"><p><strong>Not complete.</strong> Measuring ended before all of the plan was carried out; the figures are of what was measured until then.</p></div>
`
  }${
    warnings.length > 0 &&
    html`<div class="notice" role="note" data-notice="warnings"><strong>${warnings.length === 1 ? 'A warning' : 'Warnings'}</strong><ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul></div>
`
  }`

/** Loud: such a run must not be quoted. */
export const invalidNotice = (reasons: readonly string[]): Markup =>
  html`<div class="notice invalid" role="alert" data-notice="invalid"><strong>INVALID RUN: do not quote these latencies</strong><p>The load generator did not keep to its plan, so the figures say something about it and not only about the target:</p><ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul></div>
`
