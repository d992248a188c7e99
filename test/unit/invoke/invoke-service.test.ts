import { describe, expect, it } from 'vitest'
import type { InvokeInput } from '../../../runtime/invoke/invocation.ts'
import { InvokeService } from '../../../runtime/invoke/invoke-service.ts'
import { SandlotError } from '../../../runtime/kernel/errors.ts'
import { seededRandom } from '../../../runtime/kernel/random.ts'
import { type InvocationRequest, InvocationRun } from '../../../runtime/scheduler/invocation-run.ts'
import { VirtualClock } from '../../../runtime/simulation/virtual-clock.ts'
import type { PlatformEvent } from '../../../runtime/telemetry/platform-events.ts'
import {
  answer,
  CRASH,
  finish,
  init,
  initError,
  newRun,
  requestId,
  response,
  us,
  version,
} from './runs.ts'

/** A service whose invocations go as the test says, and end after 200 ms. */
function serve(live: (run: InvocationRun) => InvocationRun) {
  const clock = new VirtualClock(1_700_000_000_000)
  const events: PlatformEvent[] = []
  const requests: InvocationRequest[] = []
  const service = new InvokeService({
    resolve: (name) => {
      if (name === 'g') throw new SandlotError('ResourceNotFound', 'no such function')
      return version
    },
    run: async (request) => {
      requests.push(request)
      const run = new InvocationRun(request)
      run.assignment = newRun('no sandbox').assignment
      const ended = live(run)
      clock.advanceTo(us(200))
      return ended
    },
    emit: (event) => events.push(event),
    clock,
    random: seededRandom(1),
  })
  const invoke = (input: Partial<InvokeInput> = {}) =>
    service.invoke({ functionName: 'f', requestId, ...input })
  return { invoke, events, requests }
}

const cold = (run: InvocationRun): InvocationRun => {
  init(run, 'init', 2, 142)
  run.log.add({
    type: 'platform.start',
    functionName: 'f',
    sandboxId: 's' as never,
    atMs: 0,
    requestId,
    version: '$LATEST',
  })
  return answer(run, 142, response(143, 160), 161)
}

describe('an invocation', () => {
  it('tells all that came of it', async () => {
    const { invoke } = serve(cold)
    const { payload, report, phases, logs, totalMs, ...rest } = await invoke()
    expect(new TextDecoder().decode(payload)).toBe('{"ok":true}')
    expect(rest).toMatchObject({
      requestId,
      functionName: 'f',
      executedVersion: '$LATEST',
      sandboxId: 's',
      isolation: 'process',
      coldStart: true,
      startReason: 'no sandbox',
      outcome: 'success',
      functionError: undefined,
      errorType: undefined,
    })
    expect(report).toMatchObject({ durationMs: 18, initDurationMs: 130 })
    expect(phases.map(({ phase }) => phase)).toEqual([
      'queued',
      'spawned',
      'booted',
      'initialised',
      'dispatched',
      'ran',
      'delivered',
    ])
    expect(totalMs).toBe(200)
    expect(phases.reduce((sum, { durationUs }) => sum + durationUs, 0)).toBe(us(200))
    expect(logs.map((line) => line.split(' ')[0])).toEqual(['START', 'END', 'REPORT'])
  })

  it('is warm where no init ran for it', async () => {
    const { invoke } = serve((run) => answer(run, 1, response(2, 3), 4))
    expect((await invoke()).coldStart).toBe(false)
  })

  it('ends in one event of its runtime and one report', async () => {
    const { invoke, events } = serve(cold)
    await invoke()
    expect(events.map(({ type }) => type)).toEqual(['platform.runtimeDone', 'platform.report'])
  })

  it('tells how many its runtime was handed by its own count, and not where it gave no answer', async () => {
    const answered = serve((run) => answer(run, 1, response(2, 3), 4))
    await answered.invoke()
    expect(answered.events[0]).toMatchObject({ type: 'platform.runtimeDone', served: 7 })
    const died = serve((run) => answer(run, 1, { kind: 'exited', exit: CRASH }, 4))
    await died.invoke()
    expect(died.events[0]).toMatchObject({ type: 'platform.runtimeDone', served: undefined })
    const late = serve((run) => {
      answer(run, 1, response(2, 3), 4)
      return finish(run, 'timeout')
    })
    await late.invoke()
    expect(late.events[0]).toMatchObject({ type: 'platform.runtimeDone', served: undefined })
  })

  it('whose init failed inside it has its START after that, as on Lambda', async () => {
    const { invoke, events } = serve((run) => {
      init(run, 'init', 2, 100, initError(2, 100))
      init(run, 'invoke', 110, 190, initError(110, 190))
      return finish(run, 'init failed')
    })
    const result = await invoke()
    expect(result).toMatchObject({ outcome: 'error', functionError: 'Unhandled' })
    expect(result.logs.map((line) => line.split(' ')[0])).toEqual(['START', 'END', 'REPORT'])
    expect(events.map(({ type }) => type)).toEqual([
      'platform.start',
      'platform.runtimeDone',
      'platform.report',
    ])
  })
})

describe('a request', () => {
  const asked = async (input: Partial<InvokeInput>): Promise<InvocationRequest> => {
    const { invoke, requests } = serve(cold)
    await invoke(input)
    return requests[0] as InvocationRequest
  }

  it('keeps its id and trace, its client context and the wish for a cold start', async () => {
    const more = { traceId: 'Root=2', clientContext: '{"a":1}', forceCold: true }
    expect(await asked(more)).toMatchObject({ requestId, ...more, arrivedUs: 0 })
  })

  it('is given an id and a trace where it has none of its own', async () => {
    const { requestId: given, traceId, forceCold } = await asked({ requestId: 'not a UUID' })
    expect(given).toMatch(/^[0-9a-f]{8}-/)
    expect(traceId).toMatch(/^Root=1-6553f100-/)
    expect(forceCold).toBe(false)
  })

  it('names the function by its ARN, with the qualifier if the caller gave one', async () => {
    expect((await asked({})).invokedFunctionArn).toBe(version.arn)
    const { invokedFunctionArn } = await asked({
      functionName: `${version.arn}:$LATEST`,
      payload: '',
    })
    expect(invokedFunctionArn).toBe(`${version.arn}:$LATEST`)
  })

  it('keeps the version or alias by which it was named, wherever that stood', async () => {
    expect((await asked({})).qualifier).toBeUndefined()
    expect((await asked({ functionName: version.arn })).qualifier).toBeUndefined()
    for (const named of [
      { functionName: 'f:live' },
      { functionName: 'f', qualifier: 'live' },
      { functionName: `${version.arn}:live` },
    ]) {
      expect(await asked(named)).toMatchObject({
        qualifier: 'live',
        invokedFunctionArn: `${version.arn}:live`,
      })
    }
  })

  it('that is refused never runs', async () => {
    const { invoke, requests, events } = serve(cold)
    await expect(invoke({ functionName: 'g' })).rejects.toMatchObject({ code: 'ResourceNotFound' })
    await expect(invoke({ payload: '{' })).rejects.toMatchObject({ code: 'InvalidRequestContent' })
    expect([requests, events]).toEqual([[], []])
  })
})
