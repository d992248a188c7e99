import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Allocation,
  ConcurrencySettings,
} from '../../../runtime/functions/concurrency-settings.ts'
import { DeployedFunction } from '../../../runtime/functions/deployed-function.ts'
import { thrown } from './thrown.ts'
import { latest, recordPorts } from './versions.ts'

interface Asked {
  readonly asked?: number
  readonly budgetMb?: number
}

/** Settings whose driver provides at once, and what it was asked for. */
function settle({ asked = 1_000, budgetMb = 10_000 }: Asked = {}) {
  const told: string[] = []
  const pools = new Map<string, Allocation>()
  const settings = new ConcurrencySettings({
    account: { asked, available: asked },
    wallMs: () => 5,
    reserve: (name, reserved) => told.push(`reserve ${name} ${reserved}`),
    provision: ({ config, version }, count) => {
      told.push(`provision ${config.name}:${version} ${count}`)
      const ready = { requested: count, allocated: count, available: count } as const
      pools.set(`${config.name}:${version}`, { ...ready, status: 'READY', statusReason: undefined })
    },
    provisioned: ({ config, version }) => pools.get(`${config.name}:${version}`),
    memory: () => ({ budgetMb, takenMb: 0, eachMb: 16 }),
  })
  return { settings, told }
}

/** With versions 1 and 2, the alias `live` at 1 and `next` at 2. */
function published(name = 'f'): DeployedFunction {
  const of = new DeployedFunction(latest(name), recordPorts())
  of.publish({})
  of.deploy(latest(name, { memorySizeMb: 256 }))
  of.publish({})
  of.createAlias('live', { functionVersion: '1' })
  of.createAlias('next', { functionVersion: '2' })
  return of
}

const refused = (act: () => unknown): { code: string; message: string } => {
  const { code, message } = thrown(act)
  return { code, message }
}

describe('a reservation', () => {
  it('is kept, changed and removed', () => {
    const { settings, told } = settle()
    const of = published()
    expect(settings.reserved(of)).toBeUndefined()
    for (const reserved of [5, 0]) {
      settings.reserve(of, reserved)
      expect(settings.reserved(of)).toBe(reserved)
    }
    settings.unreserve(of)
    expect(settings.reserved(of)).toBeUndefined()
    expect(told).toEqual(['reserve f 5', 'reserve f 0', 'reserve f undefined'])
  })

  it('of one function leaves less for the others', () => {
    const { settings } = settle()
    settings.reserve(published('f'), 500)
    settings.provision(published('g'), '1', 100)
    expect(settings.unreserved()).toBe(400)
    settings.reserve(published('h'), 300)
    expect(refused(() => settings.reserve(published('i'), 1)).code).toBe('InvalidParameterValue')
    // Its own earlier one does not count.
    settings.reserve(published('f'), 499)
  })

  it.each([
    [
      -1,
      "Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ],
    [
      1.5,
      "Value '1.5' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must be a whole number",
    ],
    [
      undefined,
      "Value null at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must not be null",
    ],
  ])('of %s is refused', (reserved, says) => {
    const { settings, told } = settle()
    expect(refused(() => settings.reserve(published(), reserved as number))).toEqual({
      code: 'Validation',
      message: `1 validation error detected: ${says}`,
    })
    expect(told).toEqual([])
  })

  it('below what is provisioned is refused, over all versions', () => {
    const { settings } = settle()
    const of = published()
    settings.provision(of, '1', 2)
    settings.provision(of, 'next', 3)
    settings.reserve(of, 5)
    expect(refused(() => settings.reserve(of, 4)).message).toBe(
      " ReservedConcurrentExecutions  4 should not be lower than function's total provisioned concurrency [5].",
    )
  })
})

describe('provisioned concurrency', () => {
  it('of a version or an alias is told, listed and removed', () => {
    const { settings, told } = settle()
    const of = published()
    expect(settings.provision(of, 'live', 2)).toEqual({
      functionName: 'f',
      qualifier: 'live',
      version: '1',
      modifiedMs: 5,
      requested: 2,
      allocated: 2,
      available: 2,
      status: 'READY',
      statusReason: undefined,
    })
    settings.provision(of, '2', 1)
    expect(settings.list(of).map(({ qualifier }) => qualifier)).toEqual(['live', '2'])
    settings.unprovision(of, 'live')
    settings.unprovision(of, 'live')
    expect(told).toEqual(['provision f:1 2', 'provision f:2 1', 'provision f:1 0'])
    expect(refused(() => settings.provisioned(of, 'live'))).toEqual({
      code: 'ProvisionedConcurrencyConfigNotFound',
      message: 'No Provisioned Concurrency Config found for this function',
    })
  })

  it('is never that of $LATEST, nor of what points there', () => {
    const { settings } = settle()
    const of = published()
    of.createAlias('edge', { functionVersion: '$LATEST' })
    for (const qualifier of ['$LATEST', 'edge']) {
      expect(refused(() => settings.provision(of, qualifier, 1))).toEqual({
        code: 'InvalidParameterValue',
        message:
          'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
      })
    }
    expect(refused(() => settings.provisioned(of, '$LATEST')).message).toBe(
      'The function resource provided must be an alias or a published version.',
    )
  })

  it('of what is not there is refused', () => {
    const { settings } = settle()
    const of = published()
    expect(refused(() => settings.provision(of, '9', 1)).message).toBe(
      `Function not found: ${of.arn}:9`,
    )
    expect(refused(() => settings.provision(of, 'gone', 1)).message).toBe(
      `Cannot find alias arn: ${of.arn}:gone`,
    )
    expect(refused(() => settings.provision(of, '1', 0)).message).toBe(
      "1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 1",
    )
  })

  it('is that of a version or of its alias, not of both', () => {
    const { settings } = settle()
    const of = published()
    settings.provision(of, '1', 1)
    expect(refused(() => settings.provision(of, 'live', 1))).toEqual({
      code: 'ResourceConflict',
      message:
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    })
    settings.provision(of, 'next', 1)
    expect(refused(() => settings.provision(of, '2', 1))).toEqual({
      code: 'ResourceConflict',
      message: 'Version is pointed by a Provisioned Concurrency alias',
    })
  })

  it('is no more than the function has reserved, and may be changed within it', () => {
    const { settings } = settle()
    const of = published()
    settings.reserve(of, 3)
    settings.provision(of, '1', 2)
    settings.provision(of, '2', 1)
    expect(refused(() => settings.provision(of, '2', 2)).message).toBe(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    )
    settings.provision(of, '1', 1)
    settings.provision(of, '2', 2)
  })

  it('is no more than this machine’s memory holds, what others have provisioned included', () => {
    const { settings, told } = settle({ budgetMb: 160 })
    settings.provision(published('g'), '1', 4)
    const of = published()
    settings.provision(of, '1', 6)
    expect(refused(() => settings.provision(of, '1', 7))).toEqual({
      code: 'InvalidParameterValue',
      message:
        'ProvisionedConcurrentExecutions 7: 7 sandboxes of 16 MB each are more than this machine holds: its sandboxes may take 160 MB, of which others take 64 MB',
    })
    expect(told).toEqual(['provision g:1 4', 'provision f:1 6'])
  })

  it('moves with its alias', () => {
    const { settings, told } = settle()
    const of = published()
    settings.provision(of, 'live', 2)
    of.deploy(latest('f', { memorySizeMb: 512 }))
    of.publish({})
    const move = () => of.updateAlias('live', { functionVersion: '3' })
    expect(settings.movingAlias(of, 'live', '3', move).functionVersion).toBe('3')
    expect(told).toEqual(['provision f:1 2', 'provision f:1 0', 'provision f:3 2'])
    expect(settings.provisioned(of, 'live')).toMatchObject({ version: '3', requested: 2 })
  })

  it('does not move to $LATEST, nor to a version that has its own: the alias stays', () => {
    const { settings } = settle()
    const of = published()
    settings.provision(of, 'live', 2)
    settings.provision(of, '2', 1)
    for (const [to, code] of [
      ['$LATEST', 'InvalidParameterValue'],
      ['2', 'ResourceConflict'],
    ] as const) {
      const move = () => of.updateAlias('live', { functionVersion: to })
      expect(refused(() => settings.movingAlias(of, 'live', to, move)).code).toBe(code)
      expect(of.alias('live').functionVersion).toBe('1')
    }
  })
})

describe('whatever is asked for, one after the other', () => {
  const step = fc.record({
    of: fc.constantFrom(0, 1, 2),
    what: fc.constantFrom('reserve', 'unreserve', 'live', 'next', 'not live', 'not next'),
    count: fc.integer({ min: 0, max: 80 }),
  })

  it('100 stay unreserved, no reservation is below what is provisioned, and memory suffices', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { settings } = settle({ asked: 250, budgetMb: 1_600 })
        const functions = ['f', 'g', 'h'].map(published)
        for (const { of: index, what, count } of steps) {
          const of = functions[index] as DeployedFunction
          try {
            if (what === 'reserve') settings.reserve(of, count)
            else if (what === 'unreserve') settings.unreserve(of)
            else if (what.startsWith('not ')) settings.unprovision(of, what.slice(4))
            else settings.provision(of, what, count)
          } catch (error) {
            expect(error).toMatchObject({ name: 'SandlotError' })
          }
          const totals = functions.map((each) => ({
            reserved: settings.reserved(each),
            provisioned: settings.list(each).reduce((sum, { requested }) => sum + requested, 0),
          }))
          expect(settings.unreserved()).toBeGreaterThanOrEqual(100)
          const claimed = totals.reduce((sum, each) => sum + (each.reserved ?? each.provisioned), 0)
          expect(settings.unreserved()).toBe(250 - claimed)
          for (const { reserved, provisioned } of totals) {
            expect(reserved ?? provisioned).toBeGreaterThanOrEqual(provisioned)
          }
          expect(totals.reduce((sum, each) => sum + each.provisioned * 16, 0)).toBeLessThanOrEqual(
            1_600,
          )
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a deployment', () => {
  it('is checked by the same rules, and the message begins with the function or its place', () => {
    const { settings, told } = settle({ asked: 150 })
    const fits = latest('f', { reservedConcurrency: 50 })
    settings.checkDeployment(fits)
    const tooMuch = latest('f', { reservedConcurrency: 51 })
    const says =
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
    expect(refused(() => settings.checkDeployment(tooMuch)).message).toBe(`Function 'f': ${says}`)
    expect(refused(() => settings.checkDeployment(tooMuch, 'template.yaml:7: f')).message).toBe(
      `template.yaml:7: f: ${says}`,
    )
    expect(told).toEqual([])
  })

  it('may not provision more than it reserves', () => {
    const { settings } = settle()
    const asked = { autoPublishAlias: 'live', reservedConcurrency: 1, provisionedConcurrency: 2 }
    expect(refused(() => settings.checkDeployment(latest('f', asked))).message).toBe(
      "Function 'f': Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
    )
  })

  it('that says nothing of a reservation has none', () => {
    const { settings } = settle()
    const of = published()
    settings.reserve(of, 5)
    settings.deployed(latest('f').config)
    expect(settings.reserved(of)).toBeUndefined()
  })
})
