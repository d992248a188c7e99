import { html, type Markup, trusted } from './escape.ts'

const MAX_EMBEDDED_BYTES = 2_000_000

/** The result itself, so that the page can be measured against it later; large ones stay outside. */
export function rawData(result: object): Markup {
  // `</script>` and `<!--` would end the element or change how it is read.
  const text = JSON.stringify(result).replaceAll('<', '\\u003c')
  const bytes = Buffer.byteLength(text)
  const size = `${(bytes / 1_000).toLocaleString('en-US', { maximumFractionDigits: 0 })} kB`
  if (bytes > MAX_EMBEDDED_BYTES) {
    return html`<p class="raw">The result behind this page (${size}) is too large to be part of it: write it with --json.</p>`
  }
  return html`<p class="raw"><button type="button" id="download" hidden>Download JSON</button> The whole result behind this page is part of it (${size}).</p>
<script type="application/json" id="result">${trusted(text)}</script>`
}
