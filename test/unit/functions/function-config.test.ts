import { describe, expect, it } from 'vitest'
import {
  type FunctionInput,
  parseFunctionConfig,
} from '../../../runtime/functions/function-config.ts'
import { thrown } from './thrown.ts'

const input: FunctionInput = { name: 'hello', handler: 'hello.handler', rootDir: '/code' }

const refusal = (change: object): string => {
  const error = thrown(() => parseFunctionConfig({ ...input, ...change }))
  expect(error.code).toBe('InvalidParameterValue')
  expect(error.message).not.toContain('\n')
  return error.message
}

describe('a function configuration', () => {
  it('gets Lambda’s defaults', () => {
    expect(parseFunctionConfig(input)).toEqual({
      ...input,
      memorySizeMb: 128,
      timeoutMs: 3_000,
      ephemeralStorageMb: 512,
      environment: {},
      isolation: 'process',
      network: 'host',
    })
  })

  it.each([
    ['memorySizeMb', 128, 10_240, 'must be a whole number from 128 to 10240 MB'],
    ['timeoutMs', 1_000, 900_000, 'must be a whole number from 1000 to 900000 ms'],
    ['ephemeralStorageMb', 512, 10_240, 'must be a whole number from 512 to 10240 MB'],
    [
      'reservedConcurrency',
      0,
      1_000_000,
      'must be a whole number from 0 to 1000000 invocations at once',
    ],
  ] as const)('%s is from %i to %i', (field, least, most, allowed) => {
    for (const value of [least, most]) {
      expect(parseFunctionConfig({ ...input, [field]: value })[field]).toBe(value)
    }
    for (const value of [least - 1, most + 1, least + 0.5]) {
      expect(refusal({ [field]: value })).toBe(`Function 'hello': ${field} is ${value}: ${allowed}`)
    }
    expect(refusal({ [field]: 'many' })).toBe(`Function 'hello': ${field} is "many": ${allowed}`)
  })

  it('takes a name of 1 to 64 characters', () => {
    const allowed = 'must be 1 to 64 letters, digits, hyphens or underscores'
    for (const name of ['f', 'f'.repeat(64), 'A-z_09']) {
      expect(parseFunctionConfig({ ...input, name }).name).toBe(name)
    }
    for (const name of ['', 'f'.repeat(65), 'a.b', 'a b']) {
      expect(refusal({ name })).toBe(`Function '${name}': name is "${name}": ${allowed}`)
    }
  })

  it('takes a handler of 1 to 1,024 characters', () => {
    const handler = `${'a'.repeat(1_022)}.h`
    expect(parseFunctionConfig({ ...input, handler }).handler).toBe(handler)
    expect(refusal({ handler: `a${handler}` })).toContain(': must be at most 1024 characters')
    expect(refusal({ handler: '' })).toBe(`Function 'hello': handler is "": must not be empty`)
    expect(refusal({ handler: undefined })).toBe(
      "Function 'hello': handler is missing: must be text",
    )
  })

  it('names every wrong field in one line', () => {
    expect(refusal({ memorySizeMb: 1, isolation: 'vm' })).toBe(
      "Function 'hello': memorySizeMb is 1: must be a whole number from 128 to 10240 MB; isolation is \"vm\": must be 'process' or 'thread'",
    )
  })

  it('has no other field', () => {
    expect(refusal({ memory: 128, x: 1 })).toBe("Function 'hello': there is no field 'memory', 'x'")
  })

  it('begins a message with the place that the input comes from', () => {
    const error = thrown(() => parseFunctionConfig({ ...input, timeoutMs: 0 }, '--timeout'))
    expect(error.message).toBe(
      '--timeout: timeoutMs is 0: must be a whole number from 1000 to 900000 ms',
    )
  })

  it('takes variables of text only', () => {
    expect(parseFunctionConfig({ ...input, environment: { AB: '' } }).environment).toEqual({
      AB: '',
    })
    expect(refusal({ environment: { AB: 1 } })).toBe(
      "Function 'hello': environment.AB is 1: must be text",
    )
  })

  it('refuses variables that the runtime sets', () => {
    expect(refusal({ environment: { AWS_REGION: 'x', OK: 'y' } })).toBe(
      "Function 'hello': environment AWS_REGION: reserved, set by the runtime; choose another name",
    )
  })

  it('has no network of its own for a thread', () => {
    expect(refusal({ isolation: 'thread', network: 'none' })).toBe(
      `Function 'hello': network is "none": must be 'host' for a thread, which has the network of its process`,
    )
    expect(parseFunctionConfig({ ...input, network: 'none' }).network).toBe('none')
  })
})
