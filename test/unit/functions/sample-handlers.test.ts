import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { handler as api } from '../../../handlers/api.ts'
import { handler as error } from '../../../handlers/error.ts'
import { handler as hello } from '../../../handlers/hello.ts'
import type { HttpResponse } from '../../../handlers/lambda.ts'
import { handler as square } from '../../../handlers/process.ts'
import { handler as scheduled } from '../../../handlers/scheduled.ts'
import { readSamTemplate } from '../../../runtime/functions/sam-template.ts'

const context = {
  functionName: 'hello_world_handler',
  memoryLimitInMB: '128',
  awsRequestId: '7d1d3a3e-1f4e-4c57-9d5c-2f3a6f1b0c11',
  getRemainingTimeInMillis: () => 29_994.766,
}
const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const bodyOf = ({ body }: HttpResponse) => JSON.parse(body) as Record<string, unknown>

describe('the samples’ template', () => {
  it('declares each of them without a warning', () => {
    const path = fileURLToPath(new URL('../../../handlers/template.yaml', import.meta.url))
    const source = { text: readFileSync(path, 'utf8'), fileName: 'template.yaml', folder: '/app' }
    const { functions, warnings } = readSamTemplate(source)
    expect(warnings).toEqual([])
    expect(functions.map(({ logicalId, name }) => [logicalId, name])).toEqual([
      ['hello', 'hello_world_handler'],
      ['process', 'data_processing_handler'],
      ['api', 'api_gateway_handler'],
      ['scheduled', 'scheduled_task_handler'],
      ['error', 'error_handler'],
    ])
    const limits = functions.map(({ memorySizeMb, timeoutMs }) => [memorySizeMb, timeoutMs])
    expect(limits).toEqual([3_000, 30_000, 3_000, 3_000, 3_000].map((ms) => [128, ms]))
  })
})

describe('hello', () => {
  it('greets by name', async () => {
    const response = await hello({ name: 'AWS Lambda' }, context)
    expect(response.statusCode).toBe(200)
    expect(bodyOf(response)).toEqual({
      message: 'Hello, AWS Lambda!',
      functionName: 'hello_world_handler',
      timestamp: expect.stringMatching(isoInstant),
    })
  })

  it('greets the world when it gets no name', async () => {
    expect(bodyOf(await hello({}, context)).message).toBe('Hello, World!')
  })
})

describe('process', () => {
  it('squares numbers', async () => {
    const response = await square({ data: [1, 2, 3, 4, 5] }, context)
    expect(response.statusCode).toBe(200)
    expect(bodyOf(response)).toEqual({
      original: [1, 2, 3, 4, 5],
      processed: [1, 4, 9, 16, 25],
      count: 5,
      memoryLimit: '128MB',
      remainingTime: '29994.77ms',
    })
  })

  it.each([{}, { data: '1,2' }, { data: [1, '2'] }, { data: { 0: 1 } }, { data: null }])(
    'answers 400 to %j',
    async (event) => {
      const response = await square(event, context)
      expect(response.statusCode).toBe(400)
      expect(bodyOf(response)).toEqual({ error: "'data' must be an array of numbers" })
    },
  )
})

describe('api', () => {
  const call = async (httpMethod: string, path: string, rest: object = {}) => {
    const { statusCode, headers, body } = await api({ httpMethod, path, ...rest })
    return { statusCode, headers, body: body === '' ? undefined : JSON.parse(body) }
  }

  it('lists and shows users', async () => {
    const list = [
      { id: '123', name: 'Ada' },
      { id: '456', name: 'Grace' },
    ]
    expect(await call('GET', '/users')).toMatchObject({ statusCode: 200, body: { users: list } })
    const shown = await call('GET', '/users/123')
    expect(shown).toMatchObject({ statusCode: 200 })
    expect(shown.body).toEqual(list[0])
  })

  it('includes the profile on request', async () => {
    const queryStringParameters = { include: 'profile' }
    expect((await call('GET', '/users/123', { queryStringParameters })).body).toEqual({
      id: '123',
      name: 'Ada',
      profile: { city: 'London', joined: '2024-12-10' },
    })
    expect((await call('GET', '/users/123', { queryStringParameters: null })).body).toEqual({
      id: '123',
      name: 'Ada',
    })
  })

  it('makes and deletes users, and never gives an id twice', async () => {
    const make = async (name: string) => call('POST', '/users', { body: JSON.stringify({ name }) })
    const first = await make('Alan')
    expect(first).toMatchObject({ statusCode: 201, body: { name: 'Alan' } })
    expect(first.headers.location).toBe(`/users/${first.body.id}`)
    const second = await make('Edsger')
    expect(await call('DELETE', `/users/${first.body.id}`)).toEqual({
      statusCode: 204,
      headers: {},
      body: undefined,
    })
    expect((await make('Barbara')).body.id).not.toBe(second.body.id)
    expect((await call('GET', `/users/${first.body.id}`)).statusCode).toBe(404)
  })

  it.each([null, '', 'not json', 'null', '{}', '{"name":""}', '{"name":1}'])(
    'makes no user of %j',
    async (body) => {
      expect(await call('POST', '/users', { body })).toMatchObject({
        statusCode: 400,
        body: { error: "the body must be JSON with a 'name'" },
      })
    },
  )

  it.each(['/', '/nothing', '/users/123/x', 'constructor'])('answers 404 to %s', async (path) => {
    expect(await call('GET', path)).toMatchObject({
      statusCode: 404,
      body: { error: `${path} was not found` },
    })
  })

  it('answers 404 to an unknown user', async () => {
    expect(await call('GET', '/users/999')).toMatchObject({
      statusCode: 404,
      body: { error: 'user 999 was not found' },
    })
  })

  it.each([
    ['PUT', '/users', 'GET, POST'],
    ['PATCH', '/users/123', 'GET, DELETE'],
    ['toString', '/users', 'GET, POST'],
  ])('answers 405 to %s %s and says what is allowed', async (method, path, allow) => {
    expect(await call(method, path)).toMatchObject({
      statusCode: 405,
      headers: { allow },
      body: { error: `${method} is not allowed for ${path}` },
    })
  })
})

describe('scheduled', () => {
  const log = vi.spyOn(console, 'log')
  beforeEach(() => log.mockImplementation(() => {}))
  afterEach(() => log.mockReset())

  it('tells what ran, when, and for which source', async () => {
    const event = {
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      time: '2026-01-02T03:04:05Z',
      resources: ['arn:aws:events:us-east-1:000000000000:rule/nightly'],
    }
    expect(await scheduled(event, context)).toEqual({
      task: 'clean-up',
      source: 'aws.events',
      detailType: 'Scheduled Event',
      scheduledFor: '2026-01-02T03:04:05Z',
      ranAt: expect.stringMatching(isoInstant),
      rule: 'nightly',
      requestId: context.awsRequestId,
    })
    expect(log).toHaveBeenCalledExactlyOnceWith('clean-up for nightly, due 2026-01-02T03:04:05Z')
  })

  it('runs by hand, too', async () => {
    const outcome = await scheduled({}, context)
    expect(outcome).toMatchObject({ source: 'manual', detailType: 'none', rule: 'none' })
    expect(outcome.scheduledFor).toBe(outcome.ranAt)
  })
})

describe('error', () => {
  it('throws on request', async () => {
    await expect(error({ shouldFail: true })).rejects.toThrow('This handler was asked to fail')
  })

  it('answers 200 otherwise', async () => {
    const response = await error({ shouldFail: false })
    expect(response.statusCode).toBe(200)
    expect(bodyOf(response)).toEqual({ message: 'No error this time' })
  })
})
