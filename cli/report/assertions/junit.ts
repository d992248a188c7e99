import type { AssertionOutcome } from '../../measure/assertions/assertion.ts'

/** Assertions as a test report in JUnit's XML, which most build servers read. */
export function junitXml(outcomes: readonly AssertionOutcome[]): string {
  const failures = outcomes.filter(({ ok }) => !ok).length
  const counts = `tests="${outcomes.length}" failures="${failures}" errors="0" skipped="0"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sandlot" ${counts}>`,
    `  <testsuite name="sandlot assertions" ${counts}>`,
    ...outcomes.map((outcome) => `    ${testCase(outcome)}`),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase({ text, ok, actual, reason }: AssertionOutcome): string {
  const open = `<testcase classname="sandlot.assert" name="${escaped(text)}"`
  if (ok) return `${open}/>`
  const message = `message="${escaped(reason ?? '')}" type="assertion"`
  return `${open}><failure ${message}>${escaped(`actual: ${actual ?? 'none'}`)}</failure></testcase>`
}

/** Characters that XML 1.0 does not know at all are left out. */
function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is meant.
      .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll(/[\t\n\r]/g, (space) => `&#${space.charCodeAt(0)};`)
  )
}
