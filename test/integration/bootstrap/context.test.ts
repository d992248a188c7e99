import { describe, expect, it } from 'vitest'
import { nowUs } from '../../../runtime/bootstrap/stamp.ts'
import { jsonOf } from './runtime-under-test.ts'
import { ENVIRONMENT, KINDS, useRuntimes } from './transports.ts'

const runtimes = useRuntimes()

describe.each(KINDS)('the context in a %s', (kind) => {
  const load = (handler: string) => runtimes.start(kind).load('context.cjs', handler)

  it('has what Lambda gives', async () => {
    const runtime = await load('handler')
    const { header, text } = await runtime.invoke(
      {},
      {
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders:live',
        clientContext: '{"client":{"app_title":"shop"}}',
        traceId: 'Root=1-2-3',
      },
    )
    expect(jsonOf(text)).toEqual({
      callbackWaitsForEmptyEventLoop: true,
      functionName: 'orders',
      functionVersion: '7',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders:live',
      memoryLimitInMB: '256',
      awsRequestId: header.requestId,
      logGroupName: '/aws/lambda/orders',
      logStreamName: '2026/01/02/[7]abc',
      clientContext: { client: { app_title: 'shop' } },
      hasIdentity: true,
      trace: 'Root=1-2-3',
      functions: ['getRemainingTimeInMillis', 'succeed', 'fail', 'done'],
    })
  })

  it('has no client context, and the environment no trace id, where there is none', async () => {
    const runtime = await load('handler')
    await runtime.invoke({}, { traceId: 'Root=1-2-3', clientContext: '{}' })
    const result = jsonOf((await runtime.invoke()).text)
    expect(result.trace).toBe('none')
    expect(result).not.toHaveProperty('clientContext')
  })

  it('fails one invocation whose client context is not JSON', async () => {
    const runtime = await load('handler')
    const { header } = await runtime.invoke({}, { clientContext: '{' })
    expect(header).toMatchObject({ type: 'error', errorType: 'SyntaxError', fatal: false })
    expect((await runtime.invoke()).header.type).toBe('response')
  })

  it('counts the remaining time down to the deadline, with a measured fraction', async () => {
    const runtime = await load('remaining')
    const { text } = await runtime.invoke({}, { deadlineUs: nowUs() + 30_000_000 })
    const { first, second } = jsonOf(text) as Record<'first' | 'second', number>
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThan(30_000)
    expect(second).toBeLessThan(first)
    expect(Number.isInteger(first) && Number.isInteger(second)).toBe(false)
  })

  it('may tell that the deadline has passed', async () => {
    const runtime = await load('remaining')
    const { text } = await runtime.invoke({}, { deadlineUs: nowUs() - 1_000_000 })
    expect(jsonOf(text).first).toBeLessThan(0)
  })

  it('comes with the environment that was given, and nothing of the runtime in it', async () => {
    const runtime = await load('environment')
    expect(jsonOf((await runtime.invoke()).text)).toEqual(ENVIRONMENT)
  })

  it('is of one of many invocations that share the state of the module', async () => {
    const runtime = await load('counter')
    const results = []
    for (let call = 0; call < 3; call += 1) results.push(jsonOf((await runtime.invoke()).text))
    expect(results).toEqual([1, 2, 3])
  })
})

describe.each(KINDS)('the memory that a %s reports', (kind) => {
  // A process may report what it measured up to 100 ms before.
  const afterMs = kind === 'process' ? 150 : 0

  it.each(['heapBytes', 'bufferBytes'])('grows by what the handler holds: %s', async (where) => {
    const runtime = await runtimes.start(kind).load('context.cjs', 'holds')
    const held = 40_000_000
    const before = await runtime.invoke({ afterMs })
    const after = await runtime.invoke({ afterMs, [where]: held })
    const grown = after.header.memory.heapBytes - before.header.memory.heapBytes
    expect(grown).toBeGreaterThan(held * 0.9)
    expect(grown).toBeLessThan(held * 1.5)
  })
})
