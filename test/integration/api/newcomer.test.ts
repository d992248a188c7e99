import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSamples } from '../../../cli/manifest.ts'
import { jsonOf, type Served, serve } from './served.ts'

let served: Served
beforeAll(async () => {
  served = await serve(readSamples().functions)
})
afterAll(() => served.close())

/** As `curl -d '<event>' localhost:5000/lambda/<name>` sends it. */
async function curl(name: string, event: unknown) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = JSON.stringify(event)
  const answer = await served.send('POST', `/lambda/${name}`, { body, headers })
  return { status: answer.status, headers: answer.headers, answer: jsonOf(answer) }
}

const bodyOf = ({ body }: Record<string, unknown>): unknown => JSON.parse(String(body))

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const added = {
  requestId: expect.stringMatching(UUID),
  executionTime: expect.stringMatching(/^\d+\.\d\dms$/),
}

describe('the samples over HTTP, as a newcomer calls them', () => {
  it('lists the functions', async () => {
    const answer = await served.send('GET', '/')
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } })
    const { functions } = jsonOf(answer) as { functions: Record<string, unknown>[] }
    expect(functions.map(({ logicalId, name, invoke }) => [logicalId, name, invoke])).toEqual([
      ['hello', 'hello_world_handler', 'POST /lambda/hello'],
      ['process', 'data_processing_handler', 'POST /lambda/process'],
      ['api', 'api_gateway_handler', 'POST /lambda/api'],
      ['scheduled', 'scheduled_task_handler', 'POST /lambda/scheduled'],
      ['error', 'error_handler', 'POST /lambda/error'],
    ])
    expect(functions[1]).toMatchObject({
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:data_processing_handler',
      handler: 'process.handler',
      memorySizeMb: 128,
      timeoutSeconds: 30,
      reservedConcurrency: null,
      isolation: 'process',
    })
  })

  it.each(['hello', 'hello_world_handler'])('greets, called %s', async (name) => {
    const { status, answer } = await curl(name, { name: 'AWS Lambda' })
    expect(status).toBe(200)
    expect(answer).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: expect.any(String),
      ...added,
    })
    expect(bodyOf(answer)).toEqual({
      message: 'Hello, AWS Lambda!',
      functionName: 'hello_world_handler',
      timestamp: expect.stringMatching(ISO_TIME),
    })
  })

  it('processes data', async () => {
    const { answer } = await curl('process', { data: [1, 2, 3, 4, 5] })
    expect(answer).toMatchObject({ statusCode: 200, ...added })
    expect(bodyOf(answer)).toEqual({
      original: [1, 2, 3, 4, 5],
      processed: [1, 4, 9, 16, 25],
      count: 5,
      memoryLimit: '128MB',
      remainingTime: expect.stringMatching(/^(29\d{3}\.\d\d|30000\.00)ms$/),
    })
  })

  it.each([{}, { data: 'text' }, { data: [1, 'two'] }])(
    'answers 400 in the body for the data %j',
    async (event) => {
      const { status, answer } = await curl('process', event)
      expect(status).toBe(200)
      expect(answer).toMatchObject({ statusCode: 400, ...added })
      expect(bodyOf(answer)).toEqual({ error: "'data' must be an array of numbers" })
    },
  )

  it('routes an API Gateway event', async () => {
    const { answer } = await curl('api', {
      httpMethod: 'GET',
      path: '/users/123',
      queryStringParameters: { include: 'profile' },
    })
    expect(answer).toMatchObject({ statusCode: 200, ...added })
    expect(bodyOf(answer)).toEqual({
      id: '123',
      name: 'Ada',
      profile: { city: 'London', joined: '2024-12-10' },
    })
    const unknown = await curl('api', { httpMethod: 'GET', path: '/nothing' })
    expect(unknown).toMatchObject({ status: 200, answer: { statusCode: 404 } })
    const refused = await curl('api', { httpMethod: 'PATCH', path: '/users/123' })
    expect(refused.answer).toMatchObject({ statusCode: 405, headers: { allow: 'GET, DELETE' } })
  })

  it('runs a schedule', async () => {
    const { answer, headers } = await curl('scheduled', {
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      time: '2026-01-01T03:00:00Z',
      resources: ['arn:aws:events:us-east-1:000000000000:rule/nightly'],
    })
    expect(answer).toEqual({
      task: 'clean-up',
      source: 'aws.events',
      detailType: 'Scheduled Event',
      scheduledFor: '2026-01-01T03:00:00Z',
      ranAt: expect.stringMatching(ISO_TIME),
      rule: 'nightly',
      ...added,
    })
    expect(headers['x-amzn-requestid']).toBe(answer.requestId)
  })

  it('reports an error that a handler throws, and none where it throws none', async () => {
    const failed = await curl('error', { shouldFail: true })
    expect(failed).toMatchObject({
      status: 500,
      headers: { 'x-amz-function-error': 'Unhandled' },
      answer: {
        errorType: 'Error',
        errorMessage: 'This handler was asked to fail',
        ...added,
      },
    })
    const [first, place] = failed.answer.trace as string[]
    expect(first).toBe('Error: This handler was asked to fail')
    expect(place).toMatch(/^ {4}at handler \(.*[/\\]handlers[/\\]error\.ts:\d+:\d+\)$/)
    const { status, headers, answer } = await curl('error', { shouldFail: false })
    expect(status).toBe(200)
    expect(headers['x-amz-function-error']).toBeUndefined()
    expect(answer).toMatchObject({ statusCode: 200, ...added })
  })
})
