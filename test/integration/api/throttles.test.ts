import { describe, expect, it } from 'vitest'
import type { EmulatorOptions } from '../../../runtime/emulator-options.ts'
import type { FunctionInput } from '../../../runtime/functions/function-config.ts'
import { fixture, serve } from './served.ts'

const INVOKE = '/2015-03-31/functions/give/invocations'

/** One call after the other, each answered at once, until one is refused. */
async function firstRefusal(changes: Partial<FunctionInput>, options: EmulatorOptions) {
  const served = await serve([{ ...fixture('give'), ...changes }], options)
  try {
    const send = () => served.send('POST', INVOKE, { body: '{"value":1}' })
    let answered = 0
    let answer = await send()
    for (; answer.status === 200; answer = await send()) answered += 1
    const { status, headers, body } = answer
    return { status, retryAfter: headers['retry-after'], body: JSON.parse(body), answered }
  } finally {
    await served.close()
  }
}

describe('a throttled invocation over HTTP', () => {
  it('is told when to come again where a rate refused it: ten a second for each unit of the account', async () => {
    const { answered, ...refusal } = await firstRefusal({}, { accountConcurrency: 1 })
    expect(refusal).toEqual({
      status: 429,
      retryAfter: '1',
      body: {
        Reason: 'FunctionInvocationRateLimitExceeded',
        Type: 'User',
        message: 'Rate Exceeded.',
      },
    })
    expect(answered).toBeGreaterThanOrEqual(10)
  })

  it('the same of a reservation, by its own reason', async () => {
    const { answered, ...refusal } = await firstRefusal({ reservedConcurrency: 1 }, {})
    expect(refusal).toMatchObject({
      status: 429,
      retryAfter: '1',
      body: { Reason: 'ReservedFunctionInvocationRateLimitExceeded', message: 'Rate Exceeded.' },
    })
    expect(answered).toBeGreaterThanOrEqual(10)
  })

  it('is told nothing of the kind where concurrency refused it', async () => {
    expect(await firstRefusal({ reservedConcurrency: 0 }, {})).toEqual({
      status: 429,
      retryAfter: undefined,
      body: {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        Type: 'User',
        message: 'Rate Exceeded.',
      },
      answered: 0,
    })
  })
})
