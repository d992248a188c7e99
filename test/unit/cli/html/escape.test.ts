import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html, trusted } from '../../../../cli/report/html/escape.ts'

describe('a template of markup', () => {
  it('escapes all that is put into it', () => {
    expect(html`<p title="${'"><b>'}">${`<script>&'`}</p>`.markup).toBe(
      '<p title="&quot;&gt;&lt;b&gt;">&lt;script&gt;&amp;&#39;</p>',
    )
  })

  it('leaves markup as it is, and joins lists of it', () => {
    const items = ['a', '<'].map((each) => html`<li>${each}</li>`)
    expect(html`<ul>${items}</ul>${trusted('<hr>')}`.markup).toBe(
      '<ul><li>a</li><li>&lt;</li></ul><hr>',
    )
  })

  it('prints numbers, zero too, and nothing for what is not there', () => {
    expect(html`${0},${1.5},${null},${undefined},${false},${[]}`.markup).toBe('0,1.5,,,,')
  })

  it('replaces control characters, which no page may hold, but no line ends', () => {
    expect(html`${'a\0b\u001bc\nd\te'}`.markup).toBe('a\ufffdb\ufffdc\nd\te')
  })

  it('lets no text end an element or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(html`${text}`.markup).not.toMatch(/[<>"']/)
      }),
    )
  })
})
