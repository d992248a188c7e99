import { expect, it } from 'vitest'
import { bytesToMb, msToUs, secondsToMs, US_PER_MS, usToMs } from '../../../runtime/kernel/units.ts'

it('converts between the units that names end in', () => {
  expect(US_PER_MS).toBe(1_000)
  expect(msToUs(1.5)).toBe(1_500)
  expect(usToMs(1_234)).toBe(1.234)
  expect(secondsToMs(0.25)).toBe(250)
  expect(bytesToMb(3 * 1_048_576)).toBe(3)
})

it('keeps microseconds and milliseconds whole where they are counted', () => {
  // 1.1 * 1_000 is 1_100.0000000000002 for a computer.
  expect(msToUs(1.1)).toBe(1_100)
  expect(secondsToMs(1.001)).toBe(1_001)
})
