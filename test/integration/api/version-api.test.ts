import {
  CreateAliasCommand,
  DeleteAliasCommand,
  GetAliasCommand,
  InvokeCommand,
  type LambdaClient,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answer, lambdaClient, refusal } from './lambda-client.ts'
import { fixture, type Served, serve } from './served.ts'

let served: Served
let client: LambdaClient
beforeAll(async () => {
  served = await serve([fixture('echo', { logicalId: 'e' }), fixture('give')], {
    // These tests are not about how fast they come.
    rates: 'unlimited',
  })
  client = lambdaClient(served.server.url)
})
afterAll(async () => {
  client.destroy()
  await served.close()
})

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function'
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/

describe('versions over the API', () => {
  it('are published, listed and invoked; what has not changed is not published again', async () => {
    const FunctionName = 'echo'
    for (const Description of ['first', 'again']) {
      expect(
        await answer(client.send(new PublishVersionCommand({ FunctionName, Description }))),
      ).toMatchObject({
        status: 201,
        FunctionName,
        FunctionArn: `${ARN}:echo:1`,
        Version: '1',
        Description: 'first',
        Handler: 'api.echo',
        MemorySize: 1_769,
        Timeout: 3,
        PackageType: 'Zip',
        State: 'Active',
        LastUpdateStatus: 'Successful',
        LastModified: expect.stringMatching(DATE),
        CodeSha256: expect.stringMatching(/^.{43}=$/),
        RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      })
    }
    const listed = await client.send(new ListVersionsByFunctionCommand({ FunctionName }))
    expect(listed.Versions?.map((each) => each.FunctionArn)).toEqual([
      `${ARN}:echo:$LATEST`,
      `${ARN}:echo:1`,
    ])
    const output = await client.send(new InvokeCommand({ FunctionName: 'echo:1' }))
    expect(output.ExecutedVersion).toBe('1')
    expect(JSON.parse(Buffer.from(output.Payload ?? []).toString('utf8')).arn).toBe(`${ARN}:echo:1`)
  })

  it('are listed page by page', async () => {
    const list = (MaxItems: number, Marker?: string) =>
      client.send(new ListVersionsByFunctionCommand({ FunctionName: 'e', MaxItems, Marker }))
    const first = await list(1)
    expect(first.Versions?.map(({ Version }) => Version)).toEqual(['$LATEST'])
    const second = await list(1, first.NextMarker)
    expect(second.Versions?.map(({ Version }) => Version)).toEqual(['1'])
    expect(second.NextMarker).toBeUndefined()
    expect(await refusal(list(0))).toEqual({
      status: 400,
      name: 'ValidationException',
      message:
        "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
    })
  })

  it('are not those of a version, and not of what is not there', async () => {
    const publish = (FunctionName: string, more = {}) =>
      refusal(client.send(new PublishVersionCommand({ FunctionName, ...more })))
    expect(await publish('nope')).toEqual({
      status: 404,
      name: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}:nope`,
    })
    expect(await publish('echo:1')).toMatchObject({
      status: 400,
      name: 'InvalidParameterValueException',
    })
    expect(await publish('echo', { RevisionId: 'old' })).toEqual({
      status: 412,
      name: 'PreconditionFailedException',
      message:
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    })
  })
})

describe('aliases over the API', () => {
  const FunctionName = 'give'
  beforeAll(() => client.send(new PublishVersionCommand({ FunctionName })))

  it('are created, read, moved, listed and deleted', async () => {
    const Name = 'live'
    const alias = { AliasArn: `${ARN}:give:live`, Name, Description: '' }
    const create = new CreateAliasCommand({ FunctionName, Name, FunctionVersion: '1' })
    expect(await answer(client.send(create))).toMatchObject({
      status: 201,
      ...alias,
      FunctionVersion: '1',
    })
    const output = await client.send(
      new InvokeCommand({ FunctionName, Qualifier: Name, Payload: '{"value":7}' }),
    )
    expect(output.ExecutedVersion).toBe('1')
    const update = { FunctionName, Name, FunctionVersion: '$LATEST', Description: 'edge' }
    expect(await answer(client.send(new UpdateAliasCommand(update)))).toMatchObject({
      status: 200,
      FunctionVersion: '$LATEST',
      Description: 'edge',
    })
    expect(await answer(client.send(new GetAliasCommand({ FunctionName, Name })))).toMatchObject({
      status: 200,
      ...alias,
      Description: 'edge',
    })
    const list = (FunctionVersion?: string) =>
      client.send(new ListAliasesCommand({ FunctionName, FunctionVersion }))
    expect((await list()).Aliases).toHaveLength(1)
    expect((await list('1')).Aliases).toEqual([])
    for (let time = 0; time < 2; time += 1) {
      const gone = await answer(client.send(new DeleteAliasCommand({ FunctionName, Name })))
      expect(gone.status).toBe(204)
    }
    expect((await list()).Aliases).toEqual([])
  })

  it('may not share calls among two versions: that is refused by name', async () => {
    const create = (RoutingConfig: { AdditionalVersionWeights: Record<string, number> }) => {
      const alias = { FunctionName, Name: 'canary', FunctionVersion: '1', RoutingConfig }
      return client.send(new CreateAliasCommand(alias))
    }
    expect(await refusal(create({ AdditionalVersionWeights: { 2: 0.1 } }))).toEqual({
      status: 501,
      name: 'NotImplementedException',
      message: 'RoutingConfig is not supported yet',
    })
    // This one says nothing.
    expect((await create({ AdditionalVersionWeights: {} })).Name).toBe('canary')
  })

  it.each([
    [
      { Name: '1', FunctionVersion: '1' },
      400,
      "1 validation error detected: Value '1' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    ],
    [{ Name: 'next', FunctionVersion: '10' }, 404, `Function not found: ${ARN}:give:10`],
    [{ Name: 'canary', FunctionVersion: '1' }, 409, `Alias already exists: ${ARN}:give:canary`],
  ])('%j is refused', async (alias, status, message) => {
    const sent = client.send(new CreateAliasCommand({ FunctionName, ...alias }))
    expect(await refusal(sent)).toMatchObject({ status, message })
  })
})
