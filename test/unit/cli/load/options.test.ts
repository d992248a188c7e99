import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../../../cli/exit-codes.ts'
import { checkTogether, loadOptions } from '../../../../cli/measure/load/load-options.ts'
import { targetOf } from '../../../../cli/measure/load/target-of.ts'
import { parseTrace } from '../../../../cli/measure/load/trace-file.ts'
import { workloadOf } from '../../../../cli/measure/load/workload-of.ts'
import { workloadSummary } from '../../../../cli/measure/load/workload-text.ts'
import { checkOptions } from '../../../../cli/options.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandlot-load-options-'))
afterAll(() => rmSync(folder, { recursive: true }))
const HANDLER = join(folder, 'f.mjs')
writeFileSync(HANDLER, 'export const handler = () => 1')

type Given = Readonly<Record<string, unknown>>

function optionsOf(given: Given) {
  const options = checkOptions(loadOptions, given)
  checkTogether(options)
  return options
}

const workload = (given: Given) => workloadOf(optionsOf(given))
const target = (named: string, given: Given, variables = {}) =>
  targetOf(named, optionsOf(given), variables).target

/** The whole text of what is said, hint included. */
function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return [error.message, error.hint].filter((text) => text !== undefined).join(' | ')
  }
  return 'nothing is refused'
}

describe('the workload that options ask for', () => {
  it.each<[Given, string]>([
    [{}, '10/s for 10 s, evenly spaced'],
    [{ rate: '0.5', duration: '2m' }, '0.5/s for 2 min, evenly spaced'],
    [{ rate: '200', duration: '30s', arrivals: 'poisson' }, '200/s for 30 s, Poisson'],
    [{ ramp: '10..500', duration: '90' }, '10/s to 500/s over 90 s, evenly spaced'],
    [{ steps: '10,50,0', duration: '1500ms' }, '10, 50, 0/s for 500 ms each, evenly spaced'],
    [
      { rate: '5', burst: '1000/2s', duration: '1h' },
      '5/s for 60 min and 1,000 at once every 2 s, evenly spaced',
    ],
    [{ concurrency: '1', duration: '1s' }, 'closed loop: one caller for 1 s'],
    [{ concurrency: '8', duration: '100ms' }, 'closed loop: 8 callers for 100 ms'],
  ])('%j is %s', (given, text) => {
    expect(workloadSummary(workload(given), null).text).toBe(text)
  })

  it('is named after its course, and Poisson only where the rate is constant', () => {
    const name = (given: Given) => workloadSummary(workload(given), null).arrivals
    expect(name({})).toBe('constant')
    expect(name({ arrivals: 'poisson' })).toBe('poisson')
    expect(name({ arrivals: 'poisson', ramp: '1..2' })).toBe('ramp')
    expect(name({ concurrency: '2' })).toBe('closed')
  })

  it('goes on as long as a trace does, if nothing else is said', () => {
    const path = join(folder, 'counts.csv')
    writeFileSync(path, 'per_minute\r\n3\r\n0\r\n')
    expect(workload({ trace: path })).toMatchObject({ durationMs: 120_000 })
    expect(workload({ trace: path, duration: '5s' })).toMatchObject({ durationMs: 5_000 })
  })

  const RATE = 'must be a number of requests a second, up to 100000'
  const TIME = 'must be a time such as 500ms, 30s, 5m or 1h, from 100ms to 24h'
  const RAMP = 'must be two rates a second, such as 10..500, up to 100000'
  const STEPS = 'must be rates a second with commas, such as 10,50,100, up to 100000'
  const BURST = 'must be a number of requests and how often they come, such as 100/5s'
  const ONE = 'only one of them can say how many requests there are'

  it.each<[Given, string]>([
    [{ rate: '0' }, `--rate 0: ${RATE}`],
    [{ rate: '100001' }, `--rate 100001: ${RATE}`],
    [{ rate: '5/s' }, `--rate 5/s: ${RATE}`],
    [{ duration: '99ms' }, `--duration 99ms: ${TIME}`],
    [{ duration: '25h' }, `--duration 25h: ${TIME}`],
    [{ duration: '1 s' }, `--duration "1 s": ${TIME}`],
    [{ ramp: '10-500' }, `--ramp 10-500: ${RAMP}`],
    [{ ramp: '0..0' }, `--ramp 0..0: ${RAMP}`],
    [{ ramp: '1..100001' }, `--ramp 1..100001: ${RAMP}`],
    [{ steps: '5' }, `--steps 5: ${STEPS}`],
    [{ steps: '0,0' }, `--steps 0,0: ${STEPS}`],
    [{ burst: '0/5s' }, `--burst 0/5s: ${BURST}`],
    [{ burst: '5/99ms' }, `--burst 5/99ms: ${BURST}`],
    [{ arrivals: 'even' }, "--arrivals even: must be 'constant' or 'poisson'"],
    [{ concurrency: '0' }, '--concurrency 0: must be a whole number from 1 to 10000'],
    [{ maxInFlight: '50001' }, '--max-in-flight 50001: must be a whole number from 1 to 50000'],
    [{ header: ['no colon'] }, '--header "no colon": must be written as Name: value'],
    [{ method: 'get' }, '--method get: must be a method such as GET or POST'],
    [{ rate: '5', ramp: '1..5' }, `--rate and --ramp: ${ONE}`],
    [{ rate: '5', concurrency: '5' }, `--rate and --concurrency: ${ONE}`],
    [{ burst: '1/1s', steps: '1,2' }, '--burst comes on top of --rate, and not of --steps'],
    [
      { arrivals: 'poisson', concurrency: '2' },
      '--arrivals is about requests that are planned; with --concurrency none is',
    ],
    [{ burst: '5/10s' }, '--burst: the first would come when the 10 s are over'],
  ])('%j is refused', (given, message) => {
    expect(refusal(() => workload(given))).toBe(message)
  })

  it('is at the bounds of what is allowed', () => {
    expect(workload({ rate: '100000', duration: '24h' })).toMatchObject({ durationMs: 86_400_000 })
    expect(workload({ ramp: '0..100000', duration: '100ms' })).toMatchObject({ durationMs: 100 })
    expect(workload({ burst: '1/100ms', duration: '101ms' })).toMatchObject({ durationMs: 101 })
  })
})

describe('a trace', () => {
  it('is CSV or JSON, of instants or of counts', () => {
    expect(parseTrace('1\n2.5\n\n3e2', 't')).toEqual({
      kind: 'instants',
      instantsMs: [1, 2.5, 300],
    })
    expect(parseTrace('ms\r\n0\r\n', 't')).toEqual({ kind: 'instants', instantsMs: [0] })
    expect(parseTrace('[1, 2]', 't')).toEqual({ kind: 'instants', instantsMs: [1, 2] })
    const counts = { kind: 'counts', bucketMs: 1_000, counts: [1, 0, 2] }
    expect(parseTrace('per_second\n1\n0\n2', 't')).toEqual(counts)
    expect(parseTrace('{"per_second": [1, 0, 2]}', 't')).toEqual(counts)
  })

  it.each([
    ['', '--trace t has no requests in it'],
    ['per_second\n0', '--trace t has no requests in it'],
    ['per_minute\n20000001', '--trace t has 20,000,001 requests; at most 20,000,000 are possible'],
    ['ms\n1\nx', "--trace t line 3 is 'x': must be milliseconds from the start"],
    ['-1', "--trace t line 1 is '-1': must be milliseconds from the start"],
    ['2\n1', "--trace t line 2 is '1': earlier than the one before it"],
    ['[1, null]', '--trace t number 2 is null: must be milliseconds from the start'],
    ['per_second\n1.5', "--trace t line 2 is '1.5': must be a whole number of requests"],
    ['hours\n1', "--trace t the first line is 'hours': must be ms, per_second or per_minute"],
    ['{"hours": [1]}', "--trace t its key is 'hours': must be ms, per_second or per_minute"],
    [
      '{"per_second": 5}',
      '--trace t must hold a list of milliseconds, or of counts under the key per_second or per_minute',
    ],
  ])('%j is refused', (text, message) => {
    expect(refusal(() => parseTrace(text, 't'))).toBe(message)
  })

  it('that is not there, or no JSON, is refused with the reason', () => {
    const missing = join(folder, 'nobody.csv')
    expect(refusal(() => workload({ trace: missing }))).toBe(
      `--trace ${missing} cannot be read: there is no such file`,
    )
    expect(refusal(() => parseTrace('[1,', 't'))).toMatch(/^--trace t is not JSON: /)
  })
})

describe('the target', () => {
  it('is a function here, with what the options say over its own', () => {
    const given = { reserved: '10', memory: '256', timeout: '5', isolation: 'thread' }
    expect(target(HANDLER, given)).toMatchObject({
      kind: 'function',
      input: { reservedConcurrency: 10, memorySizeMb: 256, timeoutMs: 5_000, isolation: 'thread' },
      payload: '{}',
    })
  })

  it('is a function here that is held to Lambda’s rates, unless told otherwise', () => {
    expect(target(HANDLER, {})).toMatchObject({ rates: 'lambda' })
    expect(target(HANDLER, {})).not.toHaveProperty('keepAlive')
    const given = { rates: 'unlimited', keepAlive: 'fixed:600s' }
    expect(target(HANDLER, given)).toMatchObject({ rates: 'unlimited', keepAlive: 'fixed:10m' })
  })

  it('is a function elsewhere, by name or ARN, its path as Lambda has it', () => {
    const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:f'
    expect(target(arn, { endpoint: 'http://localhost:5000/' })).toMatchObject({
      kind: 'lambda',
      label: `${arn} at http://localhost:5000`,
      request: {
        origin: 'http://localhost:5000',
        path: `/2015-03-31/functions/${encodeURIComponent(arn)}/invocations`,
        method: 'POST',
        headers: { 'x-amz-log-type': 'Tail' },
        signing: null,
      },
    })
  })

  it('is AWS with the credentials of the environment', () => {
    const variables = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' }
    const aws = { endpoint: 'aws', region: 'eu-west-1' }
    expect(target('f', aws, variables)).toMatchObject({
      label: 'f at AWS, eu-west-1',
      request: {
        origin: 'https://lambda.eu-west-1.amazonaws.com',
        signing: { region: 'eu-west-1', accessKeyId: 'AKIDEXAMPLE', sessionToken: null },
      },
    })
    const temporary = { ...variables, AWS_SESSION_TOKEN: 't' }
    expect(target('f', aws, temporary)).toMatchObject({
      request: { signing: { sessionToken: 't' } },
    })
  })

  it('is a URL, asked with GET, or with POST where it gets something', () => {
    expect(target('http://h:1/p?q=1', {})).toMatchObject({
      kind: 'url',
      request: { origin: 'http://h:1', path: '/p?q=1', method: 'GET', body: '', headers: {} },
    })
    expect(target('http://h', { event: '{"a":1}', header: ['X-A: b : c'] })).toMatchObject({
      request: {
        method: 'POST',
        body: '{"a":1}',
        headers: { 'content-type': 'application/json', 'x-a': 'b : c' },
      },
    })
    expect(target('http://h', { method: 'PUT' })).toMatchObject({ request: { method: 'PUT' } })
  })

  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:f'
  const HERE = 'is for functions that run here, and not for what runs elsewhere'
  const URLS = 'is for URLs: an invocation has its own'

  it.each<[string, Given, string]>([
    [
      ARN,
      {},
      `'${ARN}' is the name of a function elsewhere | Say where with --endpoint aws, or --endpoint http://….`,
    ],
    [
      'f',
      { endpoint: 'aws' },
      '--endpoint aws needs credentials | Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_SESSION_TOKEN where there is one.',
    ],
    [
      'f',
      { endpoint: 'localhost:5000' },
      "--endpoint localhost:5000: must be 'aws' or a server such as http://127.0.0.1:5000",
    ],
    [
      'f',
      { endpoint: 'http://h/path' },
      "--endpoint http://h/path: must be 'aws' or a server such as http://127.0.0.1:5000",
    ],
    ['f', { endpoint: 'http://h', memory: '128' }, `--memory ${HERE}`],
    ['f', { endpoint: 'http://h', traceEvents: 't.json' }, `--trace-events ${HERE}`],
    ['http://h', { reserved: '1' }, `--reserved ${HERE}`],
    ['http://h', { accountConcurrency: '1' }, `--account-concurrency ${HERE}`],
    ['http://h', { rates: 'unlimited' }, `--rates ${HERE}`],
    ['f', { endpoint: 'http://h', keepAlive: 'none' }, `--keep-alive ${HERE}`],
    [HANDLER, { method: 'GET' }, `--method ${URLS}`],
    ['f', { endpoint: 'http://h', header: ['A: b'] }, `--header ${URLS}`],
    ['http://', {}, "'http://' is not a URL"],
    [
      'http://h',
      { endpoint: 'aws' },
      "--endpoint names the server of a function, and 'http://h' is not the name of one",
    ],
  ])('%s with %j is refused', (named, given, message) => {
    expect(refusal(() => target(named, given))).toBe(message)
  })
})
