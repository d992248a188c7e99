import { describe, expect, it } from 'vitest'
import { answerOf, KINDS, probe, useEmulators } from './use-emulator.ts'

const start = useEmulators()

const initTypeOf = (result: Parameters<typeof answerOf>[0]): string | undefined =>
  answerOf(result).environment?.AWS_LAMBDA_INITIALIZATION_TYPE

describe.each(KINDS)('provisioned sandboxes that are a %s each', (isolation) => {
  it('are initialised ahead of demand, used first, and invocations beyond them run on demand', async () => {
    const { emulator } = await start([{ isolation }])
    emulator.publishVersion('probe')
    emulator.createAlias('probe', 'live', { functionVersion: '1' })
    expect(emulator.putProvisionedConcurrency('probe', 'live', 1)).toMatchObject({
      status: 'IN_PROGRESS',
      requested: 1,
      allocated: 0,
      available: 0,
    })
    expect(await emulator.whenProvisioned('probe', 'live')).toMatchObject({
      status: 'READY',
      allocated: 1,
      available: 1,
    })
    expect(emulator.sandboxes()).toMatchObject([
      {
        version: '1',
        held: 'provisioned',
        initializationType: 'provisioned-concurrency',
        invocations: 0,
      },
    ])
    const payload = JSON.stringify({ sleep: 300, tellsEnvironment: true })
    const invoke = () => emulator.invoke({ functionName: 'probe:live', payload })
    const [first, second] = await Promise.all([invoke(), invoke()])
    expect(first).toMatchObject({ coldStart: false, executedVersion: '1' })
    expect(first && initTypeOf(first)).toBe('provisioned-concurrency')
    expect(second).toMatchObject({ coldStart: true, startReason: 'all busy' })
    expect(second && initTypeOf(second)).toBe('on-demand')
  })
})

describe('versions', () => {
  it('keep their configuration when $LATEST is deployed again', async () => {
    const { emulator, run } = await start([{ environment: { STAGE: 'one' } }])
    emulator.publishVersion('probe')
    await emulator.deploy(probe({ environment: { STAGE: 'two' } }))
    const ask = { tellsEnvironment: true }
    const [published, latest] = [await run('probe:1', ask), await run('probe', ask)]
    expect(published.executedVersion).toBe('1')
    expect(answerOf(published).environment).toMatchObject({
      STAGE: 'one',
      AWS_LAMBDA_FUNCTION_VERSION: '1',
    })
    expect(latest.executedVersion).toBe('$LATEST')
    expect(answerOf(latest).environment).toMatchObject({ STAGE: 'two' })
  })

  it('of one function share its reservation', async () => {
    const { emulator, run } = await start([{ reservedConcurrency: 1 }])
    emulator.publishVersion('probe')
    const both = [run('probe:1', { sleep: 200 }), run('probe', { sleep: 200 })]
    const [first, second] = await Promise.allSettled(both)
    expect(first?.status).toBe('fulfilled')
    expect(second).toMatchObject({
      reason: { throttle: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    })
  })
})

describe('a deployment with an alias', () => {
  const input = { autoPublishAlias: 'live', provisionedConcurrency: 1 } as const

  it('publishes what has changed, and what is provisioned moves with the alias', async () => {
    const { emulator } = await start([input])
    await emulator.whenProvisioned('probe', 'live')
    await emulator.deploy(probe(input))
    expect(emulator.alias('probe', 'live').functionVersion).toBe('1')
    await emulator.deploy(probe({ ...input, memorySizeMb: 512 }))
    expect(emulator.alias('probe', 'live').functionVersion).toBe('2')
    expect(await emulator.whenProvisioned('probe', 'live')).toMatchObject({
      version: '2',
      status: 'READY',
      allocated: 1,
    })
    await expect
      .poll(() => emulator.sandboxes().map(({ version, held }) => [version, held]))
      .toEqual([['2', 'provisioned']])
  })

  it('without what it had provisioned has it no more', async () => {
    const { emulator } = await start([input])
    await emulator.whenProvisioned('probe', 'live')
    await emulator.deploy(probe({ autoPublishAlias: 'live' }))
    expect(emulator.provisionedConcurrencies('probe')).toEqual([])
    await expect.poll(() => emulator.sandboxes()).toEqual([])
  })

  it('for which memory does not suffice is refused, and nothing is deployed', async () => {
    const { emulator } = await start([], { memoryBudgetMb: 64 })
    await expect(
      emulator.deploy(probe({ autoPublishAlias: 'live', provisionedConcurrency: 5 })),
    ).rejects.toMatchObject({
      code: 'InvalidParameterValue',
      message:
        "Function 'probe': ProvisionedConcurrentExecutions 5: 5 sandboxes of 16 MB each are more than this machine holds: its sandboxes may take 64 MB, of which others take 0 MB",
    })
    expect(emulator.functions()).toEqual([])
  })
})

describe('control over cold starts', () => {
  it('keeps sandboxes warm though others are evicted at once', async () => {
    const { emulator, run } = await start([{}], { keepAlive: 'none' })
    expect(await emulator.keepWarm('probe', 1)).toMatchObject({ status: 'READY', allocated: 1 })
    expect(await run('probe')).toMatchObject({ coldStart: false, startReason: 'reused' })
    expect(emulator.sandboxes()).toMatchObject([{ held: 'warm', initializationType: 'on-demand' }])
    expect(await emulator.keepWarm('probe', 0)).toMatchObject({ requested: 0 })
    await expect.poll(() => emulator.sandboxes()).toEqual([])
    expect((await run('probe')).coldStart).toBe(true)
  })

  it('evicts one sandbox, by as much of its id as no other has', async () => {
    const { emulator, run } = await start([{}])
    const [kept, gone] = await Promise.all([
      run('probe', { sleep: 200 }),
      run('probe', { sleep: 200 }),
    ])
    if (kept === undefined || gone === undefined) expect.fail('both ran')
    expect(await emulator.evictSandbox(gone.sandboxId.slice(0, 16))).toBe(gone.sandboxId)
    expect(emulator.sandboxes()).toMatchObject([{ id: kept.sandboxId }])
    await expect(emulator.evictSandbox('none')).rejects.toMatchObject({
      code: 'ResourceNotFound',
      message: "No sandbox has an id that begins with 'none'",
    })
  })
})

describe('rates', () => {
  it('hold back more requests a second than ten for each unit of a reservation, unless unlimited', async () => {
    const firstThrottle = async (rates: 'lambda' | 'unlimited', calls: number) => {
      const { run } = await start([{ reservedConcurrency: 1 }], { rates })
      for (let call = 0; call < calls; call += 1) {
        const result = await run('probe').catch(({ throttle }) => throttle)
        if (typeof result === 'string') return result
      }
      return 'none'
    }
    // However slow the machine, some second has more than ten of so many.
    expect(await firstThrottle('lambda', 1_000)).toBe('ReservedFunctionInvocationRateLimitExceeded')
    expect(await firstThrottle('unlimited', 30)).toBe('none')
  })
})
