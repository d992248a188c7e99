import {
  CreateAliasCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  GetProvisionedConcurrencyConfigCommand,
  InvokeCommand,
  type LambdaClient,
  ListProvisionedConcurrencyConfigsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answer, lambdaClient, refusal } from './lambda-client.ts'
import { fixture, jsonOf, type Served, serve } from './served.ts'

let served: Served
let client: LambdaClient
beforeAll(async () => {
  served = await serve([fixture('echo'), fixture('give')], {
    accountConcurrency: 150,
    // These tests are not about how fast they come.
    rates: 'unlimited',
  })
  client = lambdaClient(served.server.url)
  await client.send(new PublishVersionCommand({ FunctionName: 'echo' }))
})
afterAll(async () => {
  client.destroy()
  await served.close()
})

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function'
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/

describe('reserved concurrency over the API', () => {
  const FunctionName = 'echo'
  const put = (ReservedConcurrentExecutions: number, name = FunctionName) =>
    client.send(
      new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions }),
    )
  const get = () => answer(client.send(new GetFunctionConcurrencyCommand({ FunctionName })))

  it('is put, read and deleted, and is no more than leaves 100', async () => {
    expect(await get()).toEqual({ status: 200 })
    expect(await answer(put(50))).toEqual({ status: 200, ReservedConcurrentExecutions: 50 })
    expect(await get()).toEqual({ status: 200, ReservedConcurrentExecutions: 50 })
    expect(await refusal(put(51))).toEqual({
      status: 400,
      name: 'InvalidParameterValueException',
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    })
    const account = await answer(client.send(new GetAccountSettingsCommand({})))
    expect(account).toMatchObject({
      status: 200,
      AccountLimit: { ConcurrentExecutions: 150, UnreservedConcurrentExecutions: 100 },
      AccountUsage: { FunctionCount: 2 },
    })
    const gone = await answer(client.send(new DeleteFunctionConcurrencyCommand({ FunctionName })))
    expect(gone).toEqual({ status: 204 })
    expect(await get()).toEqual({ status: 200 })
  })

  it('of 0 lets nothing run, at once', async () => {
    await put(0)
    expect(await refusal(client.send(new InvokeCommand({ FunctionName })))).toEqual({
      status: 429,
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    })
    await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
  })

  it('belongs to functions, not to versions', async () => {
    expect(await refusal(put(1, `${ARN}:echo:1`))).toEqual({
      status: 400,
      name: 'InvalidParameterValueException',
      message:
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    })
  })

  it.each([
    [
      '{}',
      "Value null at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must not be null",
    ],
    [
      '{"ReservedConcurrentExecutions":-1}',
      "Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ],
  ])('of %s is refused', async (body, says) => {
    const refused = await served.send('PUT', '/2017-10-31/functions/echo/concurrency', { body })
    expect(refused).toMatchObject({
      status: 400,
      headers: { 'x-amzn-errortype': 'ValidationException' },
    })
    expect(jsonOf(refused)).toEqual({ message: `1 validation error detected: ${says}` })
  })

  it('of what is not JSON is refused', async () => {
    const path = '/2017-10-31/functions/echo/concurrency'
    for (const body of ['{', '[]', '7']) {
      const refused = await served.send('PUT', path, { body })
      expect(refused.status).toBe(400)
      expect(jsonOf(refused).message).toMatch(/^Could not parse request body into json: ./)
    }
  })
})

describe('provisioned concurrency over the API', () => {
  const of = { FunctionName: 'echo', Qualifier: 'warm' }
  const put = (ProvisionedConcurrentExecutions: number, more = {}) =>
    client.send(
      new PutProvisionedConcurrencyConfigCommand({
        ...of,
        ProvisionedConcurrentExecutions,
        ...more,
      }),
    )
  const get = (more = {}) =>
    client.send(new GetProvisionedConcurrencyConfigCommand({ ...of, ...more }))

  beforeAll(() =>
    client.send(
      new CreateAliasCommand({ FunctionName: 'echo', Name: 'warm', FunctionVersion: '1' }),
    ),
  )

  it('is in progress, then ready; it is listed, and deleted', async () => {
    expect(await answer(put(2))).toEqual({
      status: 202,
      RequestedProvisionedConcurrentExecutions: 2,
      AllocatedProvisionedConcurrentExecutions: 0,
      AvailableProvisionedConcurrentExecutions: 0,
      Status: 'IN_PROGRESS',
      LastModified: expect.stringMatching(DATE),
    })
    await served.emulator.whenProvisioned('echo', 'warm')
    const ready = {
      RequestedProvisionedConcurrentExecutions: 2,
      AllocatedProvisionedConcurrentExecutions: 2,
      AvailableProvisionedConcurrentExecutions: 2,
      Status: 'READY',
      LastModified: expect.stringMatching(DATE),
    }
    expect(await answer(get())).toEqual({ status: 200, ...ready })
    const FunctionName = 'echo'
    const list = () => client.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName }))
    expect((await list()).ProvisionedConcurrencyConfigs).toEqual([
      { FunctionArn: `${ARN}:echo:warm`, ...ready },
    ])
    const gone = client.send(new DeleteProvisionedConcurrencyConfigCommand(of))
    expect(await answer(gone)).toEqual({ status: 204 })
    expect((await list()).ProvisionedConcurrencyConfigs).toEqual([])
  })

  it('is refused in Lambda’s words', async () => {
    const invalid = { status: 400, name: 'InvalidParameterValueException' }
    expect(await refusal(put(1, { Qualifier: '$LATEST' }))).toEqual({
      ...invalid,
      message:
        'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    })
    expect(await refusal(get({ Qualifier: '$LATEST' }))).toEqual({
      ...invalid,
      message: 'The function resource provided must be an alias or a published version.',
    })
    expect(await refusal(get())).toEqual({
      status: 404,
      name: 'ProvisionedConcurrencyConfigNotFoundException',
      message: 'No Provisioned Concurrency Config found for this function',
    })
    expect(await refusal(put(51))).toEqual({
      ...invalid,
      message:
        "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    })
    expect(await refusal(put(0))).toMatchObject({ status: 400, name: 'ValidationException' })
  })

  it('needs a qualifier', async () => {
    const path = '/2019-09-30/functions/echo/provisioned-concurrency'
    const body = '{"ProvisionedConcurrentExecutions":1}'
    const refused = await served.send('PUT', path, { body })
    expect(refused.status).toBe(400)
    expect(jsonOf(refused)).toEqual({
      message:
        "1 validation error detected: Value null at 'qualifier' failed to satisfy constraint: Member must not be null",
    })
  })

  it('of a function whose init fails has failed, and says why', async () => {
    const broken = fixture('echo', { name: 'broken', handler: 'broken.handler' })
    await served.emulator.deploy(broken)
    await client.send(new PublishVersionCommand({ FunctionName: 'broken' }))
    await put(1, { FunctionName: 'broken', Qualifier: '1' })
    await served.emulator.whenProvisioned('broken', '1')
    expect(await get({ FunctionName: 'broken', Qualifier: '1' })).toMatchObject({
      Status: 'FAILED',
      StatusReason: 'FUNCTION_ERROR_INIT_FAILURE',
      AllocatedProvisionedConcurrentExecutions: 0,
    })
  })
})

describe('the rate of the control API', () => {
  it('is 15 a second for all its operations; invocations do not count', async () => {
    const limited = await serve([fixture('give')], { callerRequestsPerSecond: 1 })
    try {
      const paths = ['/2016-08-19/account-settings', '/2015-03-31/functions/give/aliases']
      const calls = Array.from({ length: 100 }, (_, index) =>
        limited.send('GET', paths[index % 2] ?? ''),
      )
      const answers = await Promise.all(calls)
      const admitted = answers.filter(({ status }) => status === 200)
      const refused = answers.filter(({ status }) => status === 429)
      expect(admitted.length).toBeGreaterThanOrEqual(15)
      expect(admitted.length + refused.length).toBe(100)
      const [first] = refused
      expect(first?.headers).toMatchObject({
        'retry-after': '1',
        'x-amzn-errortype': 'TooManyRequestsException',
      })
      expect(JSON.parse(first?.body ?? '')).toEqual({
        Reason: 'CallerRateLimitExceeded',
        Type: 'User',
        message: 'Rate exceeded',
      })
      const invoke = () => limited.send('POST', '/lambda/give', { body: '{"value":1}' })
      expect((await invoke()).status).toBe(200)
      // Invocations have a rate of their own, if any.
      let throttled = await invoke()
      while (throttled.status === 200) throttled = await invoke()
      expect(throttled).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
      expect(JSON.parse(throttled.body)).toEqual({
        Reason: 'CallerRateLimitExceeded',
        Type: 'User',
        Message: 'Rate exceeded',
      })
    } finally {
      await limited.close()
    }
  })
})

describe('a cold start that is asked for', () => {
  const coldStarts = async (path: string, value: string): Promise<boolean[]> => {
    const cold: boolean[] = []
    for (let time = 0; time < 2; time += 1) {
      const before = served.answered.length
      const headers = { 'x-sandlot-force-cold': value }
      await served.send('POST', path, { body: '{"value":1}', headers })
      const answered = await served.whenAnswered((each) => served.answered.indexOf(each) >= before)
      cold.push(answered.invocation?.coldStart ?? false)
    }
    return cold
  }

  it('comes with each such request, on both forms', async () => {
    const paths = ['/lambda/give', '/2015-03-31/functions/give/invocations']
    for (const path of paths) {
      expect(await coldStarts(path, 'true')).toEqual([true, true])
      expect(await coldStarts(path, 'false')).toEqual([false, false])
    }
  })

  it('is asked for with true and false only', async () => {
    for (const path of ['/lambda/give', '/2015-03-31/functions/give/invocations']) {
      const headers = { 'x-sandlot-force-cold': 'yes' }
      const refused = await served.send('POST', path, { body: '{}', headers })
      expect(refused.status).toBe(400)
      expect(refused.body).toContain("X-Sandlot-Force-Cold: 'yes' must be true or false")
    }
  })
})
