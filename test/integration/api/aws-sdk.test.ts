import {
  InvokeCommand,
  type InvokeCommandInput,
  type InvokeCommandOutput,
  type LambdaClient,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lambdaClient } from './lambda-client.ts'
import { fixture, openLatch, type Served, serve } from './served.ts'

let served: Served
let client: LambdaClient
beforeAll(async () => {
  served = await serve([
    fixture('echo', { name: 'echo_handler', logicalId: 'echo' }),
    fixture('give'),
    fixture('talk'),
    fixture('fail'),
    fixture('exit'),
    fixture('hang', { timeoutMs: 1_000 }),
    fixture('wait', { reservedConcurrency: 1, timeoutMs: 60_000 }),
    fixture('give', { name: 'switched-off', reservedConcurrency: 0 }),
  ])
  client = lambdaClient(served.server.url)
})
afterAll(async () => {
  client.destroy()
  await served.close()
})

const invoke = (FunctionName: string, more: Partial<InvokeCommandInput> = {}) =>
  client.send(new InvokeCommand({ FunctionName, ...more }))

const payloadOf = ({ Payload }: InvokeCommandOutput): unknown =>
  Payload === undefined ? undefined : JSON.parse(Buffer.from(Payload).toString('utf8'))

/** What the client throws, as a test can compare it. */
async function refusal(act: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await act.then(
    () => expect.fail('it was not refused'),
    (thrown: Error & Record<string, unknown>) => thrown,
  )
  const { name, message, $fault, $metadata, Type, Reason } = error
  const { httpStatusCode, requestId } = $metadata as InvokeCommandOutput['$metadata']
  return { name, message, $fault, httpStatusCode, requestId, Type, Reason }
}

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:echo_handler'
const UUID = /^[0-9a-f-]{36}$/

describe('Invoke by the AWS SDK', () => {
  it.each([
    ['its name', 'echo_handler', ARN],
    ['its logical id', 'echo', ARN],
    ['a partial ARN', '000000000000:function:echo_handler', ARN],
    ['its ARN', ARN, ARN],
    ['a qualified ARN', `${ARN}:$LATEST`, `${ARN}:$LATEST`],
  ])('reaches a function by %s', async (_by, name, invokedArn) => {
    const output = await invoke(name, { Payload: '{"a":1}' })
    expect(output).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
    expect(output.FunctionError).toBeUndefined()
    expect(output.LogResult).toBeUndefined()
    expect(payloadOf(output)).toMatchObject({ event: { a: 1 }, arn: invokedArn })
    expect(payloadOf(output)).toMatchObject({ requestId: output.$metadata.requestId })
  })

  it('takes a qualifier beside the name, also one that both have', async () => {
    for (const name of ['echo_handler', `${ARN}:$LATEST`]) {
      const output = await invoke(name, { Qualifier: '$LATEST' })
      expect(payloadOf(output)).toMatchObject({ event: {}, arn: `${ARN}:$LATEST` })
    }
  })

  it('hands the client context to the handler', async () => {
    const context = { custom: { language: 'en' }, client: { appTitle: 'test' } }
    const ClientContext = Buffer.from(JSON.stringify(context)).toString('base64')
    expect(payloadOf(await invoke('echo', { ClientContext }))).toMatchObject({
      clientContext: context,
    })
  })

  it('answers what the handler returned, as it is', async () => {
    for (const value of ['text', 7, null, [1, { two: 2 }], { requestId: 'own' }]) {
      const output = await invoke('give', { Payload: JSON.stringify({ value }) })
      expect(payloadOf(output)).toEqual(value)
    }
  })

  it('adds the log on request', async () => {
    const output = await invoke('echo', { LogType: 'Tail' })
    const lines = Buffer.from(output.LogResult ?? '', 'base64')
      .toString('utf8')
      .split('\n')
    const id = output.$metadata.requestId
    expect(lines).toContain(`START RequestId: ${id} Version: $LATEST`)
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`Z\t${id}\tINFO\techoes$`)))
    expect(lines.at(-3)).toBe(`END RequestId: ${id}`)
    expect(lines.at(-2)).toMatch(
      new RegExp(`^REPORT RequestId: ${id}\tDuration: \\d+\\.\\d\\d ms\t`),
    )
    expect(lines.at(-1)).toBe('')
    expect((await invoke('echo', { LogType: 'None' })).LogResult).toBeUndefined()
  })

  it('adds the last 4 KB of a long log', async () => {
    const output = await invoke('talk', { LogType: 'Tail', Payload: '{"lines":100}' })
    const log = Buffer.from(output.LogResult ?? '', 'base64')
    expect(log).toHaveLength(4_096)
    expect(log.toString('utf8')).toContain('line 100 ')
    expect(log.toString('utf8')).not.toContain('line 10 ')
  })

  it('checks a dry run and runs nothing', async () => {
    const before = served.emulator.sandboxes().find(({ functionName }) => functionName === 'fail')
    const output = await invoke('fail', { InvocationType: 'DryRun' })
    expect(output).toMatchObject({ StatusCode: 204, $metadata: { httpStatusCode: 204 } })
    expect(output.ExecutedVersion).toBeUndefined()
    expect(output.Payload ?? new Uint8Array()).toHaveLength(0)
    const after = served.emulator.sandboxes().find(({ functionName }) => functionName === 'fail')
    expect(after?.invocations).toBe(before?.invocations)
  })

  it('answers a function error with 200, and says that it is one', async () => {
    const output = await invoke('fail', { LogType: 'Tail' })
    expect(output).toMatchObject({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      ExecutedVersion: '$LATEST',
      LogResult: expect.any(String),
    })
    expect(payloadOf(output)).toEqual({
      errorType: 'TypeError',
      errorMessage: 'no luck',
      trace: expect.arrayContaining(['TypeError: no luck']),
    })
  })

  it('answers a timeout and a crash the same way', async () => {
    const [late, crashed] = await Promise.all([invoke('hang'), invoke('exit')])
    expect(late).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
    expect(payloadOf(late)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${late.$metadata.requestId} Error: Task timed out after 1.00 seconds`,
    })
    expect(crashed).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
    expect(payloadOf(crashed)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${crashed.$metadata.requestId} Error: Runtime exited with error: exit status 1`,
    })
  })
})

describe('what the AWS SDK throws', () => {
  const client = { $fault: 'client', requestId: expect.stringMatching(UUID) }

  it('for a function at its reserved concurrency', async () => {
    const latch = await openLatch()
    const Payload = JSON.stringify({ latch: latch.url })
    const running = invoke('wait', { Payload })
    await latch.reached
    expect(await refusal(invoke('wait'))).toEqual({
      ...client,
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      httpStatusCode: 429,
      Type: 'User',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    })
    latch.release()
    expect(payloadOf(await running)).toEqual({ released: true })
    // Just inside: the one place is free again.
    expect(payloadOf(await invoke('wait', { Payload }))).toEqual({ released: true })
    await latch.close()
  })

  it('for a function that is switched off', async () => {
    expect(await refusal(invoke('switched-off'))).toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    })
  })

  it.each([
    ['nobody', {}, 'arn:aws:lambda:us-east-1:000000000000:function:nobody:$LATEST'],
    ['echo:7', {}, `${ARN}:7`],
    ['echo', { Qualifier: 'live' }, `${ARN}:live`],
  ])('for the unknown function %s %j', async (name, more, arn) => {
    expect(await refusal(invoke(name, more))).toEqual({
      ...client,
      name: 'ResourceNotFoundException',
      message: `Function not found: ${arn}`,
      httpStatusCode: 404,
      Type: 'User',
    })
  })

  it('for two qualifiers', async () => {
    expect(await refusal(invoke('echo:$LATEST', { Qualifier: '1' }))).toEqual({
      ...client,
      name: 'InvalidParameterValueException',
      message:
        'The derived qualifier from the function name does not match the specified qualifier.',
      httpStatusCode: 400,
      Type: 'User',
    })
  })

  it('for an event that is not JSON, also in a dry run', async () => {
    for (const InvocationType of ['RequestResponse', 'DryRun'] as const) {
      const refused = await refusal(invoke('echo', { Payload: '{"a":', InvocationType }))
      expect(refused).toMatchObject({
        ...client,
        name: 'InvalidRequestContentException',
        message: expect.stringMatching(/^Could not parse request body into json: ./),
        httpStatusCode: 400,
      })
    }
  })

  it('for an event over 6 MB, and not for one of 6 MB', async () => {
    const most = JSON.stringify({ value: 'x'.repeat(6_291_456 - '{"value":""}'.length) })
    expect(await refusal(invoke('talk', { Payload: `${most} ` }))).toEqual({
      ...client,
      name: 'RequestTooLargeException',
      message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
      httpStatusCode: 413,
      Type: 'User',
    })
    expect((await invoke('talk', { Payload: most })).StatusCode).toBe(200)
  })

  it('for an asynchronous invocation, which is not there yet', async () => {
    expect(await refusal(invoke('echo', { InvocationType: 'Event' }))).toMatchObject({
      name: 'NotImplementedException',
      message: 'Invocation type Event is not supported yet',
      httpStatusCode: 501,
      requestId: expect.stringMatching(UUID),
    })
  })
})
