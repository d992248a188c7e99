import { describe, expect, it } from 'vitest'
import type { FunctionConfig } from '../../../runtime/functions/function-config.ts'
import { resourceLimits } from '../../../runtime/sandbox/resource-limits.ts'

const limitsOf = (memorySizeMb: number) =>
  resourceLimits({ memorySizeMb, ephemeralStorageMb: 512 } as FunctionConfig)

describe('the limits of a sandbox', () => {
  it('are those of its function', () => {
    expect(limitsOf(128)).toMatchObject({ memoryMb: 128, tmpMb: 512 })
  })

  it('have a share of the CPU that grows with the memory: one at 1,769 MB', () => {
    expect(limitsOf(1_769).cpuShare).toBe(1)
    expect(limitsOf(128).cpuShare).toBeCloseTo(0.0724, 4)
    expect(limitsOf(10_240).cpuShare).toBeCloseTo(5.79, 2)
  })

  it('leave a tenth of the memory for all that is not heap, in whole megabytes', () => {
    expect(limitsOf(128).heapMb).toBe(115)
    expect(limitsOf(1_000).heapMb).toBe(900)
  })
})
