import type { AssertionOutcome } from '../../measure/assertions/assertion.ts'

/** Assertions as Markdown, for the summary of a job in GitHub Actions. */
export function githubSummary(outcomes: readonly AssertionOutcome[]): string {
  const failed = outcomes.filter(({ ok }) => !ok).length
  const heading =
    failed === 0 ? `all ${outcomes.length} hold` : `${failed} of ${outcomes.length} fail`
  return [
    `### Sandlot: assertions, ${heading}`,
    '',
    '| | assertion | measured | |',
    '| --- | --- | --- | --- |',
    ...outcomes.map(
      ({ text, ok, actual, reason }) =>
        `| ${ok ? '✅' : '❌'} | ${code(text)} | ${cell(actual ?? '–')} | ${cell(reason ?? '')} |`,
    ),
    '',
  ].join('\n')
}

/** What stands between back quotes is shown as it is, but for the bar that ends a cell. */
const code = (text: string): string => `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``

const cell = (text: string): string =>
  text.replaceAll(/[\\|<>`*_[\]]/g, '\\$&').replaceAll('\n', ' ')
