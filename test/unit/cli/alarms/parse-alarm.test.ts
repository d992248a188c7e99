import { describe, expect, it } from 'vitest'
import { readAlarms } from '../../../../cli/alarms/alarms.ts'
import { UsageError } from '../../../../cli/exit-codes.ts'

const FUNCTIONS = [{ name: 'hello' }, { name: 'notify_handler', logicalId: 'notify' }]

const ruleOf = (text: string) => readAlarms([text], [], FUNCTIONS).rules[0]

/** As it is told: the message, and the hint where there is one. */
function refusal(alarms: string[], onAlarm: string[] = []): string[] {
  try {
    readAlarms(alarms, onAlarm, FUNCTIONS)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return [error.message, ...(error.hint === undefined ? [] : [error.hint])]
  }
  return []
}

describe('an alarm', () => {
  it('is a metric, a comparison, a number and a time', () => {
    expect(ruleOf('Throttles>0 for 1m')).toEqual({
      text: 'Throttles>0 for 1m',
      functionName: undefined,
      metric: 'Throttles',
      statistic: 'Sum',
      comparison: '>',
      threshold: 0,
      minutes: 1,
    })
  })

  it('may be of a function, named in either way, and of a statistic; blanks do not matter', () => {
    expect(ruleOf(' notify : Duration.p99  >=  1_500.5  for 180m ')).toMatchObject({
      functionName: 'notify_handler',
      metric: 'Duration',
      statistic: 'p99',
      comparison: '>=',
      threshold: 1_500.5,
      minutes: 180,
    })
  })

  it.each([
    ['Errors>0 for 1m', 'Sum'],
    ['Errors.Average>0.1 for 1m', 'Average'],
    ['ConcurrentExecutions>9 for 1m', 'Maximum'],
    ['Duration>9 for 1m', 'Average'],
    ['InitDuration<9 for 1m', 'Average'],
    ['Duration.p99.9<=9 for 1m', 'p99.9'],
    ['Duration.p100<9 for 1m', 'p100'],
    ['ClaimedAccountConcurrency>900 for 1m', 'Maximum'],
    ['hello:ProvisionedConcurrencyUtilization>.7 for 3m', 'Maximum'],
  ])('%s is of %s', (text, statistic) => {
    expect(ruleOf(text)?.statistic).toBe(statistic)
  })

  const METRICS =
    'Invocations, Errors, Throttles, Duration, ConcurrentExecutions, UnreservedConcurrentExecutions, ' +
    'ProvisionedConcurrentExecutions, ProvisionedConcurrencyUtilization, ' +
    'ProvisionedConcurrencyInvocations, ProvisionedConcurrencySpilloverInvocations, ' +
    'ClaimedAccountConcurrency, ColdStarts, InitDuration, Sandboxes'
  const DURATIONS =
    'Average, Minimum, Maximum, p50, p90, p99, SampleCount, Sum, and others from p0 to p100'
  const PERIODS = "metrics have periods of one minute: whole minutes, as in 'for 1m'"

  it.each([
    ['', ': there is no comparison: one of < <= > >='],
    ['Throttles for 1m', ': there is no comparison: one of < <= > >='],
    ['Throttles==0 for 1m', ", at '=': there is no comparison: one of < <= > >="],
    ['>0 for 1m', ': there is no metric before the comparison'],
    [
      'Throtles>0 for 1m',
      `, at 'Throtles': there is no such metric (did you mean 'Throttles'?): ${METRICS}`,
    ],
    ['IteratorAge>0 for 1m', `, at 'IteratorAge': there is no such metric: ${METRICS}`],
    ['Throttles.p99>0 for 1m', ", at 'p99': Throttles has no such statistic: Sum"],
    [
      'Duration.Avrage>0 for 1m',
      `, at 'Avrage': Duration has no such statistic (did you mean 'Average'?): ${DURATIONS}`,
    ],
    ['Duration.p101>0 for 1m', `, at 'p101': Duration has no such statistic: ${DURATIONS}`],
    [
      'helo:Throttles>0 for 1m',
      ", at 'helo': there is no such function (did you mean 'hello'?): hello, notify",
    ],
    [
      'hello:live:Throttles>0 for 1m',
      ", at 'hello:live': versions and aliases are not watched: name the function",
    ],
    [
      'hello:ClaimedAccountConcurrency>0 for 1m',
      ", at 'ClaimedAccountConcurrency': it is of all functions together: write it without a function",
    ],
    [
      'ProvisionedConcurrencyUtilization>0 for 1m',
      ", at 'ProvisionedConcurrencyUtilization': it is of a function: write it as in 'hello:ProvisionedConcurrencyUtilization'",
    ],
    ['Throttles> for 1m', ": there must be a number, as in 'Throttles>0 for 1m'"],
    ['Throttles>x for 1m', ", at 'x': there must be a number, as in 'Throttles>0 for 1m'"],
    ['Duration>5ms for 1m', ", at '5ms': a number alone: Duration is in milliseconds"],
    ['Throttles>5% for 1m', ", at '5%': a number alone: Throttles has no unit"],
    ['Throttles>0', ": it must say for how long, as in 'for 1m'"],
    ['Throttles>0 for', ": a time is written as in 'for 1m'"],
    ['Throttles>0 for 1m for 2m', ", at '1m for 2m': a time is written as in 'for 1m'"],
    ['Throttles>0 for 30s', `, at '30s': ${PERIODS}`],
    ['Throttles>0 for 1h', `, at '1h': ${PERIODS}`],
    ['Throttles>0 for 1', `, at '1': ${PERIODS}`],
    ['Throttles>0 for 0m', ", at '0m': from 1m to 180m, which is what is kept"],
    ['Throttles>0 for 181m', ", at '181m': from 1m to 180m, which is what is kept"],
  ])('%j is refused', (text, message) => {
    expect(refusal([text])).toEqual([
      `--alarm '${text}'${message}`,
      "Written as 'Throttles>0 for 1m' or 'hello:Duration.p99>=500 for 2m'.",
    ])
  })
})

describe('what is done on an alarm', () => {
  const targetsOf = (...onAlarm: string[]) =>
    readAlarms(['hello:Errors>0 for 1m'], onAlarm, FUNCTIONS).targets

  it('is to print it, unless something else is asked for', () => {
    expect(targetsOf()).toEqual([{ kind: 'print' }])
    expect(targetsOf('function:notify', 'https://127.0.0.1:6000/x', 'print')).toEqual([
      { kind: 'invoke', functionName: 'notify_handler' },
      { kind: 'post', url: new URL('https://127.0.0.1:6000/x') },
      { kind: 'print' },
    ])
  })

  it.each(['mail', 'ftp://x', 'http://', 'http:/x', ''])('is refused as %j', (text) => {
    expect(refusal(['hello:Errors>0 for 1m'], [text])).toEqual([
      `--on-alarm '${text}': must be print, an address with http://, or function:NAME`,
    ])
  })

  it('is refused for a function that is not there', () => {
    expect(refusal(['hello:Errors>0 for 1m'], ['function:notfy'])).toEqual([
      "--on-alarm 'function:notfy': there is no such function (did you mean 'notify'?): hello, notify",
    ])
  })

  it('is refused where there is no alarm', () => {
    expect(refusal([], ['print'])).toEqual(['--on-alarm needs at least one --alarm'])
  })

  it('is refused for a function whose own failures would set off the alarm again', () => {
    const hint = 'Have an alarm of other functions invoke it, each named in an --alarm of its own.'
    const own = 'notify_handler:Errors>0 for 1m'
    expect(refusal(['hello:Errors>0 for 1m', own], ['function:notify'])).toEqual([
      `--on-alarm 'function:notify': 'notify' would be invoked by the alarm '${own}': it could set itself off`,
      hint,
    ])
    const all = 'Errors>0 for 1m'
    expect(refusal([all], ['function:notify'])).toEqual([
      `--on-alarm 'function:notify': 'notify' would be invoked by the alarm '${all}', which is of all functions, 'notify' too: it could set itself off`,
      hint,
    ])
  })
})
