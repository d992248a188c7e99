import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  checkOptions,
  collect,
  isolations,
  memoryMb,
  memorySizes,
  timeoutSeconds,
  variables,
  whole,
} from '../../../cli/options.ts'

const schema = z.object({
  n: whole(1, 9).optional(),
  memory: memoryMb.optional(),
  sizes: memorySizes.optional(),
  timeout: timeoutSeconds.optional(),
  isolation: isolations.optional(),
  env: variables.optional(),
  idleTimeout: whole(1, 9, 'seconds').optional(),
})

const check = (given: Record<string, unknown>) => checkOptions(schema, given)

describe('options', () => {
  it('become values', () => {
    expect(
      check({
        n: '9',
        memory: '10240',
        sizes: '128,512',
        timeout: '1',
        isolation: 'process,thread',
        env: ['A=1', 'B=x=y', 'C='],
      }),
    ).toEqual({
      n: 9,
      memory: 10_240,
      sizes: [128, 512],
      timeout: 1,
      isolation: ['process', 'thread'],
      env: { A: '1', B: 'x=y', C: '' },
    })
  })

  it.each([
    [{ memory: '127' }, '--memory 127: must be a whole number from 128 to 10240 MB'],
    [{ memory: '128.5' }, '--memory 128.5: must be a whole number from 128 to 10240 MB'],
    [{ memory: '1e3' }, '--memory 1e3: must be a whole number from 128 to 10240 MB'],
    [{ memory: '' }, '--memory "": must be a whole number from 128 to 10240 MB'],
    [{ memory: '1 GB' }, '--memory "1 GB": must be a whole number from 128 to 10240 MB'],
    [{ timeout: '-1' }, '--timeout -1: must be a whole number from 1 to 900 seconds'],
    [{ n: '0' }, '-n 0: must be a whole number from 1 to 9'],
    [{ idleTimeout: '0' }, '--idle-timeout 0: must be a whole number from 1 to 9 seconds'],
    [{ sizes: '128,64' }, '--sizes 128,64: must be a whole number from 128 to 10240 MB'],
    [{ sizes: '128,128' }, '--sizes 128,128: must not name one twice'],
    [{ isolation: 'thread,' }, "--isolation thread,: must be 'process' or 'thread'"],
    [{ isolation: 'a,b' }, "--isolation a,b: must be 'process' or 'thread'"],
    [{ env: ['A=1', '=2'] }, '--env =2: must be written as NAME=value'],
  ])('%j is refused in one line', (given, says) => {
    expect(() => check(given)).toThrow(says)
  })

  it('are all named when several are wrong', () => {
    expect(() => check({ n: 'x', timeout: '901' })).toThrow(
      '-n x: must be a whole number from 1 to 9; --timeout 901: must be a whole number from 1 to 900 seconds',
    )
  })

  it('may be given several times', () => {
    expect(collect('b', collect('a'))).toEqual(['a', 'b'])
  })
})
