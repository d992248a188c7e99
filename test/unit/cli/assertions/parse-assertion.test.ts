import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { messageOf } from '../../../../cli/exit-codes.ts'
import {
  OPERATORS,
  type ResultKind,
  SERIES_WORDS,
} from '../../../../cli/measure/assertions/assertion.ts'
import { parseAssertions } from '../../../../cli/measure/assertions/parse-assertion.ts'

const parsed = (text: string, kind?: ResultKind) => parseAssertions([text], kind)[0]

const figure = (series: string, stat: string) => ({
  kind: 'figure',
  isRatio: false,
  variant: null,
  series,
  stat,
})

describe('an assertion', () => {
  it('is a series and its statistic, a comparison and a value with its unit', () => {
    expect(parsed('cold.p99<200ms')).toEqual({
      text: 'cold.p99<200ms',
      subject: figure('cold', 'p99'),
      operator: '<',
      value: 200,
    })
    expect(parsed('warm.p50<=0.5ms')).toMatchObject({ operator: '<=', value: 0.5 })
    expect(parsed('tenth.max<1.5s')).toMatchObject({ value: 1_500 })
    expect(parsed('warm.p50<250us')).toMatchObject({ value: 0.25 })
    expect(parsed('warm.min>=250µs')).toMatchObject({ operator: '>=', value: 0.25 })
    expect(parsed('out-of-memory.count==0')).toMatchObject({ operator: '==', value: 0 })
    expect(parsed('warm.count>1_000')).toMatchObject({ operator: '>', value: 1_000 })
    expect(parsed('throttle.share<0.5%')).toMatchObject({ value: 0.005 })
    expect(parsed('failed.share!=.5')).toMatchObject({ operator: '!=', value: 0.5 })
  })

  it('may have spaces around its parts', () => {
    expect(parsed('  cold.p50   <  50 ms ')).toMatchObject({
      subject: figure('cold', 'p50'),
      operator: '<',
      value: 50,
    })
    expect(parsed('ratio( warm.p50 ) < 110 %')).toMatchObject({
      subject: { isRatio: true, series: 'warm' },
      value: 1.1,
    })
  })

  it('may name a variant by its id, or by a label that has dots itself', () => {
    expect(parsed('B.cold.p50<50ms')?.subject).toMatchObject({ variant: 'B', series: 'cold' })
    const label = 'src/api.ts, thread 128 MB'
    expect(parsed(`${label}.warm.p50<1ms`)?.subject).toMatchObject({ variant: label })
    expect(parsed('ratio(C.warm.p50)<1.1')?.subject).toMatchObject({ variant: 'C', isRatio: true })
  })

  it('may be about what is true or false', () => {
    expect(parsed('valid==true')).toMatchObject({
      subject: { kind: 'flag', flag: 'valid' },
      value: 1,
    })
    expect(parsed('complete != false')).toMatchObject({ operator: '!=', value: 0 })
  })

  it('is read back from its parts, whatever they are', () => {
    const words = Object.keys(SERIES_WORDS) as (keyof typeof SERIES_WORDS)[]
    const value = fc.integer({ min: 0, max: 1_000_000 })
    fc.assert(
      fc.property(
        fc.constantFrom(...words),
        fc.constantFrom(...OPERATORS),
        value,
        (series, operator, count) => {
          const text = `${series}.count${operator}${count}`
          expect(parsed(text)).toEqual({
            text,
            subject: figure(series, 'count'),
            operator,
            value: count,
          })
        },
      ),
    )
  })
})

/** What the user sees of it, without the hint. */
function refusal(text: string, kind?: ResultKind): string {
  try {
    parseAssertions(['complete==true', text], kind)
  } catch (error) {
    return messageOf(error).split('\n')[0] ?? ''
  }
  return 'accepted'
}

describe('an assertion that is not one', () => {
  it.each([
    ['cold.p99', 'at its end (character 9): there is no comparison: one of != < <= == > >='],
    ['', 'at its end (character 1): there is no comparison: one of != < <= == > >='],
    ['cold.p99=200ms', "at '=' (character 9): write '=='"],
    ['cold.p99<200', "at '200' (character 10): a time needs a unit: us, ms or s"],
    ['cold.p99< 200 m', "at '200 m' (character 11): a time needs a unit: us, ms or s"],
    ['cold.p99<', 'at its end (character 10): there must be a number, as in 200ms'],
    ['cold.p99<fast', "at 'fast' (character 10): there must be a number, as in 200ms"],
    ['cold.p99<-1ms', "at '-1ms' (character 10): there must be a number, as in 200ms"],
    ['cold.count<10ms', "at '10ms' (character 12): a count has no unit"],
    ['throttle.share<1ms', "at '1ms' (character 16): a share is written as 0.05 or 5%"],
    ['ratio(warm.p50)<1ms', "at '1ms' (character 17): a ratio is written as 1.1 or 110%"],
    ['cold<10ms', "at 'cold' (character 1): a figure is written as SERIES.STAT, as in cold.p99"],
    [
      'cold.p98<10ms',
      "at 'p98' (character 6): there is no such statistic: one of min, p50, p90, p99, p999, max, count, share",
    ],
    [
      'ratio(warm.mean)<1',
      "at 'mean' (character 12): there is no such statistic: one of min, p50, p90, p99, p999, max, count, share",
    ],
    ['failed.p50<1ms', "at 'p50' (character 8): 'failed' is only counted: it has count and share"],
    ['valid<1', "at '<' (character 6): 'valid' is true or false: compare with == or !="],
    ['valid==yes', "at 'yes' (character 8): write true or false"],
  ])('%j', (text, message) => {
    expect(refusal(text)).toBe(`sandlot: --assert '${text}', ${message}`)
  })

  it('may be the name of a function that came too late', () => {
    const hint = 'Files and functions go before --assert.'
    expect(() => parseAssertions(['cold.p50<1s', 'hello'])).toThrow(
      expect.objectContaining({ hint: expect.stringContaining(hint) }),
    )
    expect(() => parseAssertions(['cold.p50<1'])).toThrow(
      expect.objectContaining({ hint: expect.not.stringContaining(hint) }),
    )
  })

  it('names the series that this kind of result has', () => {
    expect(refusal('hot.p50<1ms', 'tune')).toBe(
      "sandlot: --assert 'hot.p50<1ms', at 'hot' (character 1): there is no such series: one of cold, warm, billed, failed",
    )
  })

  it.each([
    [
      'answered.p99<1s',
      'bench',
      "at 'answered' (character 1): 'answered' is of load results, not of bench results",
    ],
    [
      'second.p50<1s',
      'load',
      "at 'second' (character 1): 'second' is of bench results, not of load results",
    ],
    [
      'valid==true',
      'bench',
      "at 'valid' (character 1): 'valid' is of load results, not of bench results",
    ],
    [
      'failed.share<1%',
      'bench',
      "at 'share' (character 8): shares are of load results, not of bench results: count it",
    ],
    ['warm.p99<1s', 'tune', "at 'p99' (character 6): tune results have p50 and count"],
    [
      'warm.count<1',
      'tune',
      "at 'count' (character 6): tune results have p50 of series, and count of 'failed'",
    ],
  ] as const)('%j of %s results', (text, kind, message) => {
    expect(refusal(text, kind)).toBe(`sandlot: --assert '${text}', ${message}`)
    expect(refusal(text)).toBe('accepted')
  })

  it('never breaks on anything else', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), (text) => {
        expect(refusal(text)).toMatch(/^(accepted|sandlot: --assert )/)
      }),
    )
  })
})
