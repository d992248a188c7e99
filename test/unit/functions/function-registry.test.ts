import { describe, expect, it } from 'vitest'
import { functionArn } from '../../../runtime/functions/arn.ts'
import { parseFunctionConfig } from '../../../runtime/functions/function-config.ts'
import { FunctionRegistry } from '../../../runtime/functions/function-registry.ts'
import type { FunctionVersion } from '../../../runtime/functions/function-version.ts'
import { thrown } from './thrown.ts'

function version(name: string, logicalId?: string): FunctionVersion {
  const config = parseFunctionConfig({
    name,
    handler: 'index.handler',
    rootDir: '/code',
    ...(logicalId !== undefined && { logicalId }),
  })
  const code = {
    rootDir: '/code',
    modulePath: '/code/index.js',
    moduleFormat: 'commonjs',
    exportPath: ['handler'],
    allowDefaultExport: false,
    sourceMaps: false,
    sha256: '',
  } as const
  return { config, version: '$LATEST', arn: functionArn(name), code }
}

let revisions = 0
const PORTS = { wallMs: () => 1_000, newRevisionId: () => `r${++revisions}` }

function registryOf(...versions: FunctionVersion[]): FunctionRegistry {
  const registry = new FunctionRegistry(PORTS)
  for (const each of versions) registry.put(each)
  return registry
}

const hello = version('hello_world_handler', 'hello')

describe('a function registry', () => {
  it.each([
    'hello_world_handler',
    'hello',
    'hello:$LATEST',
    functionArn('hello_world_handler'),
    `${functionArn('hello_world_handler')}:$LATEST`,
  ])('answers to %s', (reference) => {
    expect(registryOf(hello).resolve(reference)).toBe(hello)
  })

  it('takes the qualifier beside the name, too', () => {
    expect(registryOf(hello).resolve('hello', '$LATEST')).toBe(hello)
    expect(registryOf(hello).resolve('hello:$LATEST', '$LATEST')).toBe(hello)
  })

  it('refuses two qualifiers that differ', () => {
    const error = thrown(() => registryOf(hello).resolve('hello:$LATEST', '1'))
    expect(error.code).toBe('InvalidParameterValue')
    expect(error.message).toBe(
      'The derived qualifier from the function name does not match the specified qualifier.',
    )
  })

  it('says in Lambda’s words that a function is not there, and which are', () => {
    const registry = registryOf(hello, version('process'))
    expect(thrown(() => registry.resolve('helo'))).toMatchObject({
      code: 'ResourceNotFound',
      httpStatus: 404,
      message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:helo:$LATEST',
      hint: "Deployed are: hello, process (did you mean 'hello'?).",
    })
    expect(thrown(() => registry.resolve('zebra')).hint).toBe('Deployed are: hello, process.')
    expect(thrown(() => registryOf().resolve('x')).hint).toBe('No function is deployed.')
  })

  it('has no version but $LATEST before one is published', () => {
    for (const act of [
      () => registryOf(hello).resolve('hello:3'),
      () => registryOf(hello).resolve('hello', '3'),
    ]) {
      expect(thrown(act)).toMatchObject({
        code: 'ResourceNotFound',
        message:
          'Function not found: arn:aws:lambda:us-east-1:000000000000:function:hello_world_handler:3',
        hint: 'Only the version $LATEST exists.',
      })
    }
  })

  it('finds published versions and aliases, by every form of the name', () => {
    const registry = registryOf(hello)
    const deployed = registry.whole('hello')
    const first = deployed.publish({}).version
    deployed.createAlias('live', { functionVersion: '1' })
    const arn = functionArn('hello_world_handler')
    for (const reference of ['hello:1', 'hello:live', `${arn}:1`, `${arn}:live`]) {
      expect(registry.resolve(reference)).toBe(first)
    }
    expect(registry.resolve('hello', 'live')).toBe(first)
    expect(registry.resolve('hello')).toBe(hello)
    expect(thrown(() => registry.resolve('hello:next'))).toMatchObject({
      message: `Function not found: ${arn}:next`,
      hint: 'Its versions and aliases are: $LATEST, 1, live.',
    })
  })

  it('takes a function as a whole without a qualifier only', () => {
    const registry = registryOf(hello)
    expect(registry.whole(functionArn('hello_world_handler')).name).toBe('hello_world_handler')
    expect(thrown(() => registry.whole('hello:$LATEST'))).toMatchObject({
      code: 'InvalidParameterValue',
      message:
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    })
    expect(thrown(() => registry.whole('helo'))).toMatchObject({
      code: 'ResourceNotFound',
      message: `Function not found: ${functionArn('helo')}`,
      hint: "Deployed are: hello (did you mean 'hello'?).",
    })
  })

  it('keeps what was published when $LATEST is replaced', () => {
    const registry = registryOf(hello)
    const first = registry.whole('hello').publish({}).version
    registry.put(version('hello_world_handler', 'hello'))
    expect(registry.resolve('hello:1')).toBe(first)
    expect(registry.functions()).toHaveLength(1)
  })

  it('does not find a name of 65 characters', () => {
    expect(thrown(() => registryOf(hello).resolve('f'.repeat(65))).code).toBe('ResourceNotFound')
  })

  it('replaces a function that is deployed again', () => {
    const again = version('hello_world_handler', 'hello')
    const registry = registryOf(hello, again)
    expect(registry.functions().map(({ latest }) => latest)).toEqual([again])
    expect(registry.resolve('hello')).toBe(again)
  })

  it('lists in order of deployment', () => {
    const [b, a] = [version('b'), version('a')]
    expect(
      registryOf(b, a)
        .functions()
        .map(({ latest }) => latest),
    ).toEqual([b, a])
  })

  it.each([
    ['b', 'a', "Function 'b': 'a' already means the function 'a'"],
    ['x', 'b', "Function 'x': 'x' already means the function 'a'"],
    ['b', 'x', "Function 'b': 'x' already means the function 'a'"],
    ['a', 'y', "Functions 'x' and 'y' both have the name 'a'"],
  ])('refuses %s (%s) beside a (x)', (name, logicalId, message) => {
    const registry = registryOf(version('a', 'x'))
    expect(thrown(() => registry.put(version(name, logicalId)))).toMatchObject({
      code: 'ResourceConflict',
      message,
      hint: 'Give each function a name and a logical id of its own.',
    })
    expect(registry.functions()).toHaveLength(1)
  })
})
