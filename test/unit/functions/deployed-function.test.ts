import { describe, expect, it } from 'vitest'
import { DeployedFunction } from '../../../runtime/functions/deployed-function.ts'
import { thrown } from './thrown.ts'
import { latest, recordPorts } from './versions.ts'

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f'

const deployed = (): DeployedFunction => new DeployedFunction(latest('f'), recordPorts())

const numbers = (of: DeployedFunction): string[] =>
  of.versions().map(({ version }) => version.version)

describe('publishing', () => {
  it('keeps code and configuration under the next number', () => {
    const of = deployed()
    const first = of.publish({ description: 'one' })
    expect(first).toMatchObject({ description: 'one', modifiedMs: 1_000 })
    expect(first.version).toMatchObject({ version: '1', arn: `${ARN}:1` })
    of.deploy(latest('f', { memorySizeMb: 256 }))
    expect(of.publish({}).version).toMatchObject({ version: '2', config: { memorySizeMb: 256 } })
    expect(numbers(of)).toEqual(['$LATEST', '1', '2'])
    expect(of.find('1')?.config.memorySizeMb).toBe(128)
  })

  it('of what has not changed returns the last one, whatever it is described as', () => {
    const of = deployed()
    const first = of.publish({ description: 'one' })
    expect(of.publish({ description: 'another' })).toBe(first)
    of.deploy(latest('f', { reservedConcurrency: 5, logicalId: 'x', autoPublishAlias: 'live' }))
    expect(of.publish({})).toBe(first)
    expect(numbers(of)).toEqual(['$LATEST', '1'])
  })

  it.each([
    ['code', latest('f', {}, 'other')],
    ['timeout', latest('f', { timeoutMs: 4_000 })],
    ['a variable', latest('f', { environment: { STAGE: 'test' } })],
  ])('after a change of %s makes a new version', (_what, changed) => {
    const of = deployed()
    of.publish({})
    of.deploy(changed)
    expect(of.publish({}).version.version).toBe('2')
  })

  it('does not see a change where variables only come in another order', () => {
    const of = new DeployedFunction(
      latest('f', { environment: { AA: '1', BB: '2' } }),
      recordPorts(),
    )
    of.publish({})
    of.deploy(latest('f', { environment: { BB: '2', AA: '1' } }))
    expect(of.publish({}).version.version).toBe('1')
  })

  it('changes the revision of $LATEST, as deploying does', () => {
    const of = deployed()
    const revision = () => of.versions()[0]?.revisionId
    const before = revision()
    of.publish({ revisionId: before ?? '' })
    expect(revision()).not.toBe(before)
    expect(thrown(() => of.publish({ revisionId: before ?? '' }))).toMatchObject({
      code: 'PreconditionFailed',
      httpStatus: 412,
      message:
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    })
  })

  it('refuses another code than that of $LATEST', () => {
    expect(deployed().publish({ codeSha256: 'code' }).version.version).toBe('1')
    expect(thrown(() => deployed().publish({ codeSha256: 'x' }))).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        'CodeSHA256 (x) is different from current CodeSHA256 in $LATEST (code). Please try again with the CodeSHA256 in $LATEST.',
    })
  })

  it('refuses a description of 257 characters', () => {
    expect(deployed().publish({ description: 'd'.repeat(256) }).description).toHaveLength(256)
    expect(thrown(() => deployed().publish({ description: 'd'.repeat(257) })).message).toBe(
      `1 validation error detected: Value '${'d'.repeat(257)}' at 'description' failed to satisfy constraint: Member must have length less than or equal to 256`,
    )
  })
})

describe('an alias', () => {
  const withAlias = (): DeployedFunction => {
    const of = deployed()
    of.publish({})
    of.createAlias('live', { functionVersion: '1', description: 'what runs' })
    return of
  }

  it('means the version that it points to, and can be moved', () => {
    const of = withAlias()
    expect(of.alias('live')).toMatchObject({
      name: 'live',
      arn: `${ARN}:live`,
      functionVersion: '1',
    })
    expect(of.find('live')?.version).toBe('1')
    of.deploy(latest('f', { memorySizeMb: 256 }))
    of.publish({})
    expect(of.updateAlias('live', { functionVersion: '2' }).description).toBe('what runs')
    expect(of.find('live')?.version).toBe('2')
    expect(of.updateAlias('live', { functionVersion: '$LATEST' }).functionVersion).toBe('$LATEST')
    expect(of.find('live')).toBe(of.latest)
  })

  it('has a revision of its own', () => {
    const of = withAlias()
    const { revisionId } = of.alias('live')
    const updated = of.updateAlias('live', { description: 'x', revisionId })
    expect(updated).toMatchObject({ description: 'x', functionVersion: '1' })
    expect(thrown(() => of.updateAlias('live', { revisionId })).code).toBe('PreconditionFailed')
  })

  it('is gone when it is deleted, and deleting it twice is no error', () => {
    const of = withAlias()
    of.deleteAlias('live')
    of.deleteAlias('live')
    expect(of.aliases()).toEqual([])
    expect(of.find('live')).toBeUndefined()
  })

  it.each([
    ['a', true],
    ['v1', true],
    ['1-2', true],
    ['a'.repeat(128), true],
    ['1', false],
    ['007', false],
    ['a.b', false],
    ['', false],
  ])('may be called %s: %s', (name, isAllowed) => {
    const create = () => deployed().createAlias(name, { functionVersion: '$LATEST' })
    if (isAllowed) expect(create().name).toBe(name)
    else {
      expect(thrown(create)).toMatchObject({
        code: 'Validation',
        message: `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)`,
      })
    }
  })

  it('may not have 129 characters', () => {
    const create = () => deployed().createAlias('a'.repeat(129), { functionVersion: '$LATEST' })
    expect(thrown(create).message).toMatch(/Member must have length less than or equal to 128$/)
  })

  it('is refused in Lambda’s words', () => {
    const of = withAlias()
    const refusals: [() => unknown, string, string][] = [
      [
        () => of.createAlias('live', { functionVersion: '1' }),
        'ResourceConflict',
        `Alias already exists: ${ARN}:live`,
      ],
      [
        () => of.createAlias('next', { functionVersion: '10' }),
        'ResourceNotFound',
        `Function not found: ${ARN}:10`,
      ],
      [
        () => of.createAlias('next', { functionVersion: 'live' }),
        'Validation',
        "1 validation error detected: Value 'live' at 'functionVersion' failed to satisfy constraint: Member must satisfy regular expression pattern: (\\$LATEST|[0-9]+)",
      ],
      [
        () => of.createAlias('next', {}),
        'Validation',
        "1 validation error detected: Value null at 'functionVersion' failed to satisfy constraint: Member must not be null",
      ],
      [() => of.alias('next'), 'ResourceNotFound', `Cannot find alias arn: ${ARN}:next`],
      [() => of.updateAlias('next', {}), 'ResourceNotFound', `Alias not found: ${ARN}:next`],
      [
        () => of.updateAlias('live', { functionVersion: '10' }),
        'ResourceNotFound',
        `Function not found: ${ARN}:10`,
      ],
    ]
    for (const [act, code, message] of refusals)
      expect(thrown(act)).toMatchObject({ code, message })
    expect(of.alias('live').functionVersion).toBe('1')
  })
})

describe('a version', () => {
  it('is found by its exact number only', () => {
    const of = deployed()
    of.publish({})
    for (const qualifier of ['01', '0', '2', '1.0', ' 1', 'x']) {
      expect(of.find(qualifier)).toBeUndefined()
    }
  })
})
