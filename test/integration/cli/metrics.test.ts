import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MetricsView } from '../../../runtime/telemetry/metrics/metrics-view.ts'
import { figureOf, scraped } from '../../unit/api/scraped.ts'
import { start } from './run-sandlot.ts'
import { makeProject, type Serving } from './serving.ts'

const project = makeProject({
  'template.yaml': `Globals: { Function: { MemorySize: 1769 } }
Resources:
  greet:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: greet_handler, Handler: main.greet }
  wait:
    Type: AWS::Serverless::Function
    Properties: { Handler: main.wait, Timeout: 120 }
  bad:
    Type: AWS::Serverless::Function
    Properties: { Handler: main.bad }
  never:
    Type: AWS::Serverless::Function
    Properties: { Handler: main.greet, ReservedConcurrentExecutions: 0 }
  shop:
    Type: AWS::Serverless::Function
    Properties: { Handler: main.shop }
  notify:
    Type: AWS::Serverless::Function
    Properties: { Handler: main.notify }
`,
  'main.mjs': `
export const greet = async () => ({})
export const wait = async ({ url }) => ({ status: (await fetch(url)).status })
export const bad = async () => { throw new Error('bad luck') }
export const notify = async (event) => {
  console.log('told of ' + event.alarmData.alarmName + ': ' + event.alarmData.state.value)
  throw new Error('cannot tell anybody')
}
export const shop = async ({ how }) => {
  const line = JSON.stringify({
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        { Namespace: 'Shop', Dimensions: [['Area']], Metrics: [{ Name: 'Orders', Unit: 'Count' }] },
      ],
    },
    Area: 'eu',
    ...(how === 'wrong' ? {} : { Orders: [1, 2] }),
  })
  if (how === 'console') console.log(line)
  else process.stdout.write(line + '\\n')
  return {}
}
`,
})

/** What alarms have posted. */
const posted: { alarmData: { alarmName: string; state: { value: string } } }[] = []
let whenPosted = (): void => undefined
/** Lets the function go that waits for an answer. */
let whenHeld = (_held: ServerResponse): void => undefined
let hook: string
let receiver: Server
let server: Serving

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    if (request.url === '/held') return whenHeld(response)
    posted.push((await json(request)) as (typeof posted)[number])
    response.writeHead(request.url === '/refuses' ? 500 : 204).end()
    whenPosted()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  const alarms = ['never:Throttles>0 for 1m', 'bad:Errors>=2 for 1m', 'bad:Errors>1000 for 1m']
  const targets = ['print', `${hook}/takes`, `${hook}/refuses`, 'function:notify']
  server = await project.serve(
    ...alarms.flatMap((alarm) => ['--alarm', alarm]),
    ...targets.flatMap((target) => ['--on-alarm', target]),
  )
})
afterAll(async () => {
  receiver.close()
  await project.remove()
})

const ask = (...args: string[]) => project.run('metrics', ...args, '--port', server.port)

async function viewOf(functionName?: string): Promise<MetricsView> {
  const query = functionName === undefined ? '' : `?function=${functionName}`
  const response = await fetch(`${server.url}/_sandlot/metrics${query}`)
  expect(response.status).toBe(200)
  return (await response.json()) as MetricsView
}

/** Of the last minutes: a minute may have ended meanwhile. */
const totalOf = ({ metrics }: MetricsView, name: string, dimensions: object) =>
  metrics.find(
    (metric) =>
      metric.name === name && JSON.stringify(metric.dimensions) === JSON.stringify(dimensions),
  )?.total

const scrape = async () => {
  const response = await fetch(`${server.url}/metrics`)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return scraped(await response.text())
}

describe('the metrics of a server', () => {
  it('are of the region at most before anything was invoked', async () => {
    const names = (await viewOf()).metrics.map(({ name }) => name)
    expect(names.filter((name) => name !== 'ClaimedAccountConcurrency')).toEqual([])
  })

  it('are counted of real invocations, and told by name or logical id', async () => {
    for (const _ of [1, 2]) await (await server.invoke('greet')).text()
    const view = await viewOf('greet')
    const of = { FunctionName: 'greet_handler' }
    expect(totalOf(view, 'Invocations', of)).toEqual({ Sum: 2 })
    expect(totalOf(view, 'Invocations', { ...of, Resource: 'greet_handler' })).toEqual({ Sum: 2 })
    expect(totalOf(view, 'Errors', of)).toEqual({ Sum: 0, Average: 0 })
    expect(totalOf(view, 'Duration', of)).toMatchObject({ SampleCount: 2, p50: null })
    expect(totalOf(view, 'ConcurrentExecutions', of)).toEqual({ Maximum: 1 })
    expect(totalOf(view, 'ColdStarts', of)).toEqual({ Sum: 1 })
    expect(totalOf(view, 'InitDuration', of)).toMatchObject({ SampleCount: 1 })
    expect(totalOf(view, 'Sandboxes', of)).toEqual({ Maximum: 1 })
    expect(totalOf(view, 'Throttles', of)).toBeUndefined()
    expect(await viewOf('greet_handler')).toMatchObject({ metrics: view.metrics })
  })

  it('are told as JSON for a script, of as many minutes as are asked for', async () => {
    const { stdout, exitCode } = await ask('greet', '--json', '--minutes', '180')
    expect(exitCode).toBe(0)
    const view = JSON.parse(stdout) as MetricsView
    expect(view).toMatchObject({ minutes: 180, periodSeconds: 60 })
    expect(Date.parse(view.to) - Date.parse(view.from)).toBe(180 * 60_000)
    expect(totalOf(view, 'Invocations', { FunctionName: 'greet_handler' })).toEqual({ Sum: 2 })
  })

  it('are shown as a table', async () => {
    const { stdout, exitCode } = await ask('greet')
    expect(exitCode).toBe(0)
    const [title, head, invocations] = stdout.split('\n')
    expect(title).toBe('greet_handler')
    expect(head).toMatch(/^ {2}metric +statistic +unit +this minute +last minute +last 5 min$/)
    expect(invocations).toMatch(/^ {2}Invocations +Sum +Count +[–12] +[–12] +2$/)
  })

  it('have what is in flight while it is', async () => {
    const held = new Promise<ServerResponse>((resolve) => {
      whenHeld = resolve
    })
    const running = server.invoke('wait', { url: `${hook}/held` })
    const answer = await held
    const of = { FunctionName: 'wait' }
    const now = async () =>
      figureOf(await scrape(), 'aws_lambda_concurrent_executions', { function_name: 'wait' })
    expect(await now()).toBe(1)
    const during = await viewOf('wait')
    expect(totalOf(during, 'ConcurrentExecutions', of)).toEqual({ Maximum: 1 })
    // It has not been reported, so it has not been counted.
    expect(totalOf(during, 'Invocations', of)).toBeUndefined()
    answer.end()
    expect((await running).status).toBe(200)
    expect(await now()).toBe(0)
    expect(totalOf(await viewOf('wait'), 'Invocations', of)).toEqual({ Sum: 1 })
  })

  it('are scraped by Prometheus', async () => {
    const all = await scrape()
    const of = { function_name: 'greet_handler', resource: 'greet_handler' }
    expect(figureOf(all, 'aws_lambda_invocations_total', of)).toBe(2)
    expect(figureOf(all, 'aws_lambda_errors_total', of)).toBe(0)
    expect(figureOf(all, 'aws_lambda_duration_milliseconds_count', of)).toBe(2)
    expect(figureOf(all, 'sandlot_cold_starts_total', of)).toBe(1)
    expect(figureOf(all, 'process_cpu_seconds_total')).toBeUndefined()
  })

  it('are what functions print, too, and say what of it was not taken', async () => {
    for (const how of ['stdout', 'console', 'wrong']) {
      await (await server.invoke('shop', { how })).text()
    }
    const view = await viewOf('shop')
    expect(totalOf(view, 'Orders', { Area: 'eu' })).toMatchObject({ SampleCount: 4, Sum: 6 })
    expect(view.embedded).toEqual({
      lines: 3,
      problems: [
        { functionName: 'shop', reason: "metric 'Orders' has no number in the line", count: 1 },
      ],
      unnamedProblems: 0,
    })
    expect(figureOf(await scrape(), 'Shop_Orders_sum', { Area: 'eu' })).toBe(6)
  })

  it('are drawn again and again until Ctrl-C, which is a success', async () => {
    const watching = start(['metrics', 'greet', '--watch', '--port', server.port])
    let blocks = 0
    for await (const piece of watching.stdout) {
      blocks += String(piece).split('greet_handler').length - 1
      if (blocks < 2) continue
      process.kill(watching.pid as number, 'SIGINT')
      break
    }
    expect(await watching).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it.each([
    ['minutes=0', 400, 'minutes=0: must be a whole number from 1 to 180'],
    ['minutes=181', 400, 'minutes=181: must be a whole number from 1 to 180'],
    ['minutes=1.5', 400, 'minutes=1.5: must be a whole number from 1 to 180'],
    [
      'function=gret',
      404,
      'Function not found: arn:aws:lambda:us-east-1:000000000000:function:gret:$LATEST',
    ],
  ])('are not told for %s', async (query, status, message) => {
    const response = await fetch(`${server.url}/_sandlot/metrics?${query}`)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ Message: message })
    expect((await fetch(`${server.url}/_sandlot/metrics?minutes=180`)).status).toBe(200)
  })

  it('are refused by the command for what the server does not have', async () => {
    expect(await ask('gret')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        "sandlot: Function not found: arn:aws:lambda:us-east-1:000000000000:function:gret:$LATEST\n         Deployed are: greet, wait, bad, never, shop, notify (did you mean 'greet'?).",
    })
    expect(await ask('--minutes', '181')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'sandlot: --minutes 181: must be a whole number from 1 to 180 minutes',
    })
  })
})

describe('alarms of a server', () => {
  it('are printed, posted and invoke a function as soon as they are sure', async () => {
    const names = () => posted.map(({ alarmData }) => alarmData).filter(isAlarm)
    const come = (count: number) =>
      new Promise<void>((resolve) => {
        whenPosted = () => names().length >= count && resolve()
        whenPosted()
      })
    expect((await server.invoke('never')).status).toBe(429)
    await come(2)
    expect(names().map(({ alarmName }) => alarmName)).toEqual([THROTTLED, THROTTLED])
    // One is not enough; and both may have to be in one minute.
    while (!posted.some(({ alarmData }) => isAlarm(alarmData) && alarmData.alarmName === FAILED)) {
      expect((await server.invoke('bad')).status).toBe(500)
    }
    await server.says(`told of ${THROTTLED}: ALARM`)
    await server.says(`told of ${FAILED}: ALARM`)
    const failures = async () =>
      totalOf(await viewOf('notify'), 'Errors', { FunctionName: 'notify' })?.Sum ?? 0
    while ((await failures()) < 2);
    server.kill('SIGTERM')
    const { stderr } = await server.ended
    const lines = stderr.split('\n')
    const told = 'is ALARM, was (OK|INSUFFICIENT_DATA)'
    expect(lines).toContainEqual(
      expect.stringMatching(`^sandlot: alarm: ${THROTTLED} ${told}: 1 in one minute$`),
    )
    expect(lines).toContainEqual(
      expect.stringMatching(`^sandlot: alarm: ${FAILED} ${told}: 2 in one minute$`),
    )
    expect(lines).toContainEqual(
      expect.stringMatching(
        `^sandlot: alarm ${THROTTLED}: POST http://.*/refuses was not told: answered 500$`,
      ),
    )
    expect(lines).toContain(
      `sandlot: alarm ${THROTTLED}: notify was not told: it failed with Error`,
    )
    expect(stderr).not.toContain('bad:Errors>1000 for 1m is ALARM')
    expect(lines).toContain(
      "sandlot: embedded metric of shop: metric 'Orders' has no number in the line",
    )
  })

  const THROTTLED = 'never:Throttles>0 for 1m'
  const FAILED = 'bad:Errors>=2 for 1m'
  const isAlarm = ({ state }: (typeof posted)[number]['alarmData']): boolean =>
    state.value === 'ALARM'

  it('are refused before anything starts', async () => {
    expect(await project.run('serve', '--alarm', 'Throtles>0 for 1m')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining(
        "sandlot: --alarm 'Throtles>0 for 1m', at 'Throtles': there is no such metric (did you mean 'Throttles'?)",
      ),
    })
  })
})
