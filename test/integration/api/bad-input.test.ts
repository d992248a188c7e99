import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture, invokePath, jsonOf, type SendOptions, type Served, serve } from './served.ts'

let served: Served
beforeAll(async () => {
  served = await serve([fixture('echo'), fixture('give'), fixture('exit'), fixture('fail')])
})
afterAll(() => served.close())

const PATTERN =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?'

interface Refused extends SendOptions {
  readonly path: string
  /** Default POST. */
  readonly method?: string
  readonly status: number
  /** Without its `Exception`. */
  readonly type: string
  readonly says: string | RegExp
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const context = (encoded: string) => ({ 'x-amz-client-context': encoded })
/** JSON whose base64 form has so many bytes. */
const contextOf = (bytes: number): string => base64(`{"a":"${'x'.repeat((bytes / 4) * 3 - 8)}"}`)

const BAD_CONTEXT = 'Client context must be a valid Base64-encoded JSON object.'
const ECHO = invokePath('echo')

const cases: Record<string, Refused> = {
  'an event that is not JSON': {
    path: ECHO,
    body: '{"a":',
    status: 400,
    type: 'InvalidRequestContent',
    says: /^Could not parse request body into json: ./,
  },
  'an unknown function': {
    path: invokePath('nobody'),
    status: 404,
    type: 'ResourceNotFound',
    says: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:$LATEST',
  },
  'a name that no function could have': {
    path: invokePath('a b'),
    status: 400,
    type: 'Validation',
    says: `1 validation error detected: Value 'a b' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${PATTERN}`,
  },
  'a name that is not URL-encoded': {
    path: '/2015-03-31/functions/%zz/invocations',
    status: 400,
    type: 'Validation',
    says: "'%zz' is not properly URL-encoded",
  },
  'a function of another region': {
    path: invokePath('arn:aws:lambda:eu-west-1:000000000000:function:echo'),
    status: 404,
    type: 'ResourceNotFound',
    says: "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
  },
  'a qualifier that is none': {
    path: `${ECHO}?Qualifier=`,
    status: 400,
    type: 'Validation',
    says: "1 validation error detected: Value '' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: \\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+",
  },
  'an invocation type that is none': {
    path: ECHO,
    headers: { 'x-amz-invocation-type': 'Sync' },
    status: 400,
    type: 'Validation',
    says: "1 validation error detected: Value 'Sync' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [RequestResponse, DryRun, Event]",
  },
  'a log type that is none': {
    path: ECHO,
    headers: { 'x-amz-log-type': 'Head' },
    status: 400,
    type: 'Validation',
    says: "1 validation error detected: Value 'Head' at 'logType' failed to satisfy constraint: Member must satisfy enum value set: [None, Tail]",
  },
  'an asynchronous invocation': {
    path: ECHO,
    headers: { 'x-amz-invocation-type': 'Event' },
    status: 501,
    type: 'NotImplemented',
    says: 'Invocation type Event is not supported yet',
  },
  'a streamed invocation': {
    path: '/2021-11-15/functions/echo/response-streaming-invocations',
    status: 501,
    type: 'NotImplemented',
    says: 'InvokeWithResponseStream is not supported yet',
  },
  'a client context just too long': {
    path: ECHO,
    headers: context(contextOf(3_584)),
    status: 400,
    type: 'InvalidRequestContent',
    says: 'Client context must be no more than 3583 bytes when base64-encoded.',
  },
  'a client context that is not base64 of JSON': {
    path: ECHO,
    headers: context('{"a":1}'),
    status: 400,
    type: 'InvalidRequestContent',
    says: BAD_CONTEXT,
  },
  'a client context that is no object': {
    path: ECHO,
    headers: context(base64('[1]')),
    status: 400,
    type: 'InvalidRequestContent',
    says: BAD_CONTEXT,
  },
  'a body that is not JSON by its own account': {
    path: ECHO,
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: '{}',
    status: 415,
    type: 'UnsupportedMediaType',
    says: "The content type 'multipart/form-data' is not supported: send the event as JSON",
  },
  'a packed body': {
    path: '/lambda/echo',
    headers: { 'content-encoding': 'gzip' },
    body: '{}',
    status: 415,
    type: 'UnsupportedMediaType',
    says: "The content encoding 'gzip' is not supported: send the event as it is",
  },
  'a path that is none': {
    path: '/2015-03-31/functions/',
    method: 'GET',
    status: 404,
    type: 'ResourceNotFound',
    says: 'No such path: GET /2015-03-31/functions/',
  },
  'a Host that is not this machine': {
    path: '/lambda/echo',
    headers: { host: 'evil.example:5000' },
    status: 403,
    type: 'AccessDenied',
    says: "Host 'evil.example:5000' is not this machine: refused, so that web pages cannot run functions",
  },
  'a page of another site': {
    path: ECHO,
    headers: { origin: 'https://localhost.evil.example' },
    status: 403,
    type: 'AccessDenied',
    says: "Origin 'https://localhost.evil.example' is not this machine: refused, so that web pages cannot run functions",
  },
  'an eviction that names nothing': {
    path: '/_sandlot/evict',
    body: '{"function":"echo"}',
    status: 400,
    type: 'InvalidRequestContent',
    says: 'The body must be JSON: {}, {"functionName": "<name>"} or {"sandboxId": "<id, or its beginning>"}',
  },
  'an eviction of a sandbox that is not there': {
    path: '/_sandlot/evict',
    body: '{"sandboxId":"f00"}',
    status: 404,
    type: 'ResourceNotFound',
    says: "No sandbox has an id that begins with 'f00'",
  },
  'warm sandboxes without a number': {
    path: '/_sandlot/keep-warm',
    body: '{"functionName":"echo"}',
    status: 400,
    type: 'InvalidRequestContent',
    says: 'The body must be JSON: {"functionName": "<name>", "count": <number>}',
  },
  'a negative number of warm sandboxes': {
    path: '/_sandlot/keep-warm',
    body: '{"functionName":"echo","count":-1}',
    status: 400,
    type: 'Validation',
    says: "1 validation error detected: Value '-1' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 0",
  },
}

describe('the HTTP edge refuses', () => {
  it.each(Object.entries(cases))('%s', async (_name, refused) => {
    const { path, method = 'POST', status, type, says, ...options } = refused
    const answer = await served.send(method, path, options)
    expect(answer.status).toBe(status)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-amzn-errortype': `${type}Exception`,
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    const body = jsonOf(answer)
    // `Message`, but for failed validations.
    expect(body.Message ?? body.message).toEqual(
      typeof says === 'string' ? says : expect.stringMatching(says),
    )
    expect(answer.body).not.toMatch(/\\n\s+at /)
  })

  it.each([
    ['PUT', '/', 'GET, HEAD'],
    ['OPTIONS', '/lambda/echo', 'POST'],
    ['GET', '/lambda/echo', 'POST'],
    ['GET', ECHO, 'POST'],
    ['DELETE', '/_sandlot/sandboxes', 'GET, HEAD'],
  ])('%s %s with 405, and says what is allowed', async (method, path, allow) => {
    const answer = await served.send(method, path)
    expect(answer).toMatchObject({
      status: 405,
      headers: { allow, 'x-amzn-errortype': 'MethodNotAllowedException' },
    })
    expect(jsonOf(answer)).toEqual({
      Type: 'User',
      Message: `${method} is not allowed for ${path}; use ${allow}`,
    })
  })

  it('with what can be done about it, where AWS has no such path', async () => {
    expect(jsonOf(await served.send('POST', '/lambda/ecko'))).toEqual({
      Type: 'User',
      Message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:ecko:$LATEST',
      Hint: "Deployed are: echo, give, exit, fail (did you mean 'echo'?).",
    })
    expect(jsonOf(await served.send('POST', invokePath('ecko')))).not.toHaveProperty('Hint')
  })

  it('nothing of a client on this machine', async () => {
    const { port } = served.server
    const hosts = [`localhost:${port}`, `127.0.0.1:${port}`, '[::1]', `app.localhost:${port}`]
    for (const host of hosts) {
      const headers = { host, origin: `http://${host}` }
      expect(await served.send('POST', '/lambda/echo', { headers })).toMatchObject({ status: 200 })
    }
  })

  it('no client context just within the limit', async () => {
    const encoded = contextOf(3_580)
    expect(encoded).toHaveLength(3_580)
    const answer = await served.send('POST', ECHO, { headers: context(encoded) })
    expect(answer.status).toBe(200)
    expect(jsonOf(answer).clientContext).toEqual({ a: 'x'.repeat(3_580 * 0.75 - 8) })
  })
})

describe('the quick form', () => {
  const give = async (value: unknown) => {
    const answer = await served.send('POST', '/lambda/give', { body: JSON.stringify({ value }) })
    const { requestId, executionTime, ...rest } = jsonOf(answer)
    expect(requestId).toBe(answer.headers['x-amzn-requestid'])
    expect(executionTime).toMatch(/^\d+\.\d\dms$/)
    return rest
  }

  it('puts what is not an object under `result`', async () => {
    for (const value of ['text', 7, false, null, [1, 2], []]) {
      expect(await give(value)).toEqual({ result: value })
    }
    expect(await give({ result: 1 })).toEqual({ result: 1 })
    expect(await give({})).toEqual({})
  })

  it("replaces the handler's own fields of the names that it adds", async () => {
    const own = { requestId: 'own', executionTime: 'own', other: 'own' }
    expect(await give(own)).toEqual({ other: 'own' })
  })

  it('takes no body for an empty event', async () => {
    expect(jsonOf(await served.send('POST', '/lambda/echo')).event).toEqual({})
  })

  it('answers a crash with 500', async () => {
    const answer = await served.send('POST', '/lambda/exit')
    expect(answer).toMatchObject({ status: 500, headers: { 'x-amz-function-error': 'Unhandled' } })
    expect(jsonOf(answer)).toMatchObject({ errorType: 'Runtime.ExitError' })
  })

  it('ends its answer with a line feed: it is read in a terminal', async () => {
    const found = await served.send('POST', '/lambda/echo')
    const lost = await served.send('POST', '/lambda/nobody')
    for (const { body } of [found, lost]) expect(body).toMatch(/[^\n]\n$/)
  })
})

describe('a request id', () => {
  const own = '0a1b2c3d-0000-4000-8000-0123456789ab'

  it("is the client's own where it brings a UUID", async () => {
    const headers = { 'x-amzn-requestid': own }
    const ran = await served.send('POST', ECHO, { headers })
    expect(ran.headers['x-amzn-requestid']).toBe(own)
    expect(jsonOf(ran).requestId).toBe(own)
    const refused = await served.send('POST', invokePath('nobody'), { headers })
    expect(refused.headers['x-amzn-requestid']).toBe(own)
  })

  it('is a new one where it brings something else', async () => {
    const headers = { 'x-amzn-requestid': 'mine' }
    const ran = await served.send('POST', ECHO, { headers })
    expect(ran.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/)
    expect(jsonOf(ran).requestId).toBe(ran.headers['x-amzn-requestid'])
  })
})

describe('the server about itself', () => {
  it('tells that it is well', async () => {
    const answer = await served.send('GET', '/_sandlot/health')
    expect(answer.status).toBe(200)
    expect(jsonOf(answer)).toMatchObject({
      name: 'sandlot',
      version: '1.2.3',
      pid: process.pid,
      accountLimit: { concurrency: expect.any(Number) },
      memory: { budgetMb: expect.any(Number), takenMb: expect.any(Number) },
    })
    const { functions } = jsonOf(answer) as { functions: unknown[] }
    expect(functions[0]).toEqual({
      name: 'echo',
      versions: [],
      aliases: {},
      reservedConcurrency: null,
      provisionedConcurrency: [],
    })
  })

  it('tells who asked for what', async () => {
    const requestId = '0a1b2c3d-0000-4000-8000-00000000000f'
    await served.send('POST', '/lambda/fail', { headers: { 'x-amzn-requestid': requestId } })
    const told = await served.whenAnswered((each) => each.requestId === requestId)
    expect(told).toMatchObject({
      method: 'POST',
      path: '/lambda/fail',
      status: 500,
      delivered: true,
      invocation: { functionName: 'fail', errorType: 'TypeError', requestId },
    })
    expect(told.error).toBeUndefined()
  })
})
