import { describe, expect, it } from 'vitest'
import {
  dateText,
  milliseconds,
  perSecond,
  ratioText,
  share,
  usd,
} from '../../../../cli/report/html/numbers.ts'

describe('a figure of a report', () => {
  it('is a dash where the samples do not support it', () => {
    expect(milliseconds(null)).toBe('–')
    expect(milliseconds(52.66)).toBe('52.7 ms')
    expect(share(0, 0)).toBe('–')
  })

  it('is not rounded to nothing when it is a share of something', () => {
    expect(share(1, 100_000)).toBe('< 0.1 %')
    expect(share(0, 100)).toBe('0 %')
    expect(share(1, 3)).toBe('33 %')
    expect(share(1, 30)).toBe('3.3 %')
  })

  it('has more digits the nearer a ratio is to 1', () => {
    expect(ratioText(0.973)).toBe('0.973 ×')
    expect(ratioText(0.53)).toBe('0.53 ×')
  })

  it('has as many digits as a price needs', () => {
    expect(usd(3.927)).toBe('$3.93')
    expect(usd(0.00213)).toBe('$0.0021')
    expect(usd(0.000217)).toBe('$0.00022')
    expect(usd(0)).toBe('$0.00')
  })

  it('has one digit after the point for slow rates only', () => {
    expect(perSecond(12.34)).toBe('12.3')
    expect(perSecond(1_234.5)).toBe('1,235')
  })

  it('is a date as a person writes it, and any other text as it is', () => {
    expect(dateText('2026-11-24T21:07:33.412Z')).toBe('24 November 2026, 21:07 UTC')
    expect(dateText('<b>')).toBe('<b>')
  })
})
