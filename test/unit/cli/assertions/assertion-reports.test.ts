import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pc from 'picocolors'
import { afterAll, describe, expect, it } from 'vitest'
import { assertionLines } from '../../../../cli/report/assertions/assertion-lines.ts'
import { checkJunit, reportAssertions } from '../../../../cli/report/assertions/assertion-report.ts'
import { githubSummary } from '../../../../cli/report/assertions/github-summary.ts'
import { junitXml } from '../../../../cli/report/assertions/junit.ts'

const OUTCOMES = [
  { text: 'cold.p99<200ms', ok: true, actual: '183 ms', reason: null },
  {
    text: 'a|b "x" & `y`.warm.p50<1ms',
    ok: false,
    actual: '1.2 ms',
    reason: 'measured A: 1.2 ms | more',
  },
  { text: 'D.warm.p50<1ms', ok: false, actual: null, reason: "there is no variant 'D', only A" },
]

describe('what became of assertions', () => {
  it('is a line each in the terminal', () => {
    expect(assertionLines(OUTCOMES, pc.createColors(false)).split('\n')).toEqual([
      'holds  cold.p99<200ms              183 ms',
      'FAILS  a|b "x" & `y`.warm.p50<1ms  measured A: 1.2 ms | more',
      "FAILS  D.warm.p50<1ms              there is no variant 'D', only A",
    ])
  })

  it('is a test case each in JUnit’s XML, escaped', () => {
    expect(junitXml(OUTCOMES).split('\n')).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="sandlot" tests="3" failures="2" errors="0" skipped="0">',
      '  <testsuite name="sandlot assertions" tests="3" failures="2" errors="0" skipped="0">',
      '    <testcase classname="sandlot.assert" name="cold.p99&lt;200ms"/>',
      '    <testcase classname="sandlot.assert" name="a|b &quot;x&quot; &amp; `y`.warm.p50&lt;1ms"><failure message="measured A: 1.2 ms | more" type="assertion">actual: 1.2 ms</failure></testcase>',
      '    <testcase classname="sandlot.assert" name="D.warm.p50&lt;1ms"><failure message="there is no variant \'D\', only A" type="assertion">actual: none</failure></testcase>',
      '  </testsuite>',
      '</testsuites>',
      '',
    ])
  })

  it('leaves out of the XML what XML cannot say', () => {
    const [outcome] = OUTCOMES
    const text = 'a\u0000\u001b[31mb\ufffe\tc'
    expect(junitXml([{ ...(outcome as (typeof OUTCOMES)[number]), text }])).toContain(
      'name="a[31mb&#9;c"',
    )
  })

  it('is a table in the summary of a job, whose cells a bar does not break', () => {
    expect(githubSummary(OUTCOMES).split('\n')).toEqual([
      '### Sandlot: assertions, 2 of 3 fail',
      '',
      '| | assertion | measured | |',
      '| --- | --- | --- | --- |',
      '| ✅ | `cold.p99<200ms` | 183 ms |  |',
      '| ❌ | `a\\|b "x" & \'y\'.warm.p50<1ms` | 1.2 ms | measured A: 1.2 ms \\| more |',
      "| ❌ | `D.warm.p50<1ms` | – | there is no variant 'D', only A |",
      '',
    ])
    expect(githubSummary(OUTCOMES.slice(0, 1))).toContain('assertions, all 1 hold')
  })
})

describe('a report of assertions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandlot-assertions-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const [junit, summary] = [join(folder, 'junit.xml'), join(folder, 'summary.md')]
  const reported = (outcomes: typeof OUTCOMES) =>
    reportAssertions(outcomes, { junit, githubSummary: summary })

  it('is what the process ends with: 0 when all hold, 6 when one does not', () => {
    expect(reported(OUTCOMES.slice(0, 1))).toBe(0)
    expect(reported(OUTCOMES)).toBe(6)
    expect(reported([])).toBe(0)
  })

  it('writes the XML anew, and adds to the summary', () => {
    const passed = OUTCOMES.slice(0, 1)
    expect(readFileSync(junit, 'utf8')).toBe(junitXml(OUTCOMES))
    expect(readFileSync(summary, 'utf8')).toBe(githubSummary(passed) + githubSummary(OUTCOMES))
  })

  it('says before anything is measured that it cannot be written', () => {
    const path = join(folder, 'none', 'junit.xml')
    expect(() => checkJunit(path)).toThrow(
      `--junit ${path} cannot be written: there is no such folder`,
    )
    expect(() => checkJunit(junit)).not.toThrow()
    expect(() => checkJunit(undefined)).not.toThrow()
  })
})
