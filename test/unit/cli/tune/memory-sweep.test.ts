import { describe, expect, it } from 'vitest'
import {
  checkFits,
  memorySweep,
  sweepWarnings,
  usualSweep,
} from '../../../../cli/measure/tune/memory-sweep.ts'

describe('a memory sweep', () => {
  it.each([
    ['128,512', [128, 512]],
    ['512,128,512', [128, 512]],
    ['512-2048:512', [512, 1_024, 1_536, 2_048]],
    ['512-2047:512', [512, 1_024, 1_536]],
    ['3008,128-384:128', [128, 256, 384, 3_008]],
    ['128,10240', [128, 10_240]],
  ])('of %s is of these sizes, smallest first', (text, sizes) => {
    expect(memorySweep(text)).toEqual(sizes)
  })

  it.each(['127,512', '128,10241', '128,', '1k,2k', '512-128:64', '128-512', '128-512:0', '-1'])(
    'of %s is refused',
    (text) => {
      expect(() => memorySweep(text)).toThrow(/must be a size from 128 to 10240 MB, or sizes as in/)
    },
  )

  it('has two sizes at least and fifty at most', () => {
    expect(() => memorySweep('128')).toThrow('--memory 128: a curve needs two sizes or more')
    expect(memorySweep('128-177:1')).toHaveLength(50)
    expect(() => memorySweep('128-178:1')).toThrow(
      '--memory 128-178:1: 51 sizes; at most 50 are measured',
    )
  })
})

describe('a machine', () => {
  const machine = { memoryMb: 2_048, cpuCount: 2 }

  it('measures the usual sizes that it has the memory for', () => {
    expect(usualSweep(machine)).toEqual([128, 256, 512, 1_024, 1_536, 2_048])
  })

  it('is refused sizes that it has not the memory for', () => {
    expect(() => checkFits([128, 2_048], machine)).not.toThrow()
    expect(() => checkFits([128, 2_049, 4_096], machine)).toThrow(
      '--memory 2049,4096: this machine has 2048 MB of memory',
    )
  })

  it('warns of sizes that have more CPUs on Lambda', () => {
    expect(sweepWarnings([128, 3_538], machine)).toEqual([])
    expect(sweepWarnings([128, 3_539, 7_076], machine)).toEqual([
      '3539, 7076 MB: on Lambda they have more CPU than the 2 CPUs of this machine, which a handler with several threads would use',
    ])
  })
})
