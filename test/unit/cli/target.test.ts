import { basename, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../cli/manifest.ts'
import { resolveTarget } from '../../../cli/target.ts'

const counter = fileURLToPath(new URL('../../fixtures/handlers/cli/counter.mjs', import.meta.url))

const manifest = (): Manifest => ({
  functions: [
    {
      name: 'greeter',
      logicalId: 'greet',
      handler: 'greet.handler',
      rootDir: '/app',
      autoPublishAlias: 'live',
      provisionedConcurrency: 2,
    },
    {
      name: 'other',
      handler: 'other.handler',
      rootDir: '/app',
      memorySizeMb: 512,
      environment: { A: '1', B: '2' },
    },
  ],
  priceRegions: {},
  places: {},
  warnings: [
    "template.yaml:2: Globals.Function: 'Tracing' is ignored",
    "template.yaml:5: greet: 'Layers' is ignored",
    'template.yaml:9: queue: resources of type AWS::SQS::Queue are not emulated',
  ],
  label: 'template.yaml',
  isSamples: false,
})

const find = (target: string, overrides = {}) => resolveTarget(target, overrides, manifest)

describe('a target', () => {
  it('is a file, named after it, with its folder as root', () => {
    expect(find(counter)).toEqual({
      input: {
        name: 'counter',
        handler: 'counter.mjs',
        rootDir: dirname(counter),
        environment: {},
      },
      warnings: [],
    })
  })

  it('is a function of the template by its logical id and by its name', () => {
    expect(find('greet').input.name).toBe('greeter')
    expect(find('greeter').input).toEqual(find('greet').input)
  })

  it('is a function by itself: nothing of it is provisioned beside what is measured', () => {
    const { autoPublishAlias, provisionedConcurrency } = find('greet').input
    expect([autoPublishAlias, provisionedConcurrency]).toEqual([undefined, undefined])
  })

  it('brings the warnings that concern it, and no others', () => {
    expect(find('greet').warnings).toEqual(manifest().warnings.slice(0, 2))
    expect(find('other').warnings).toEqual(manifest().warnings.slice(0, 1))
  })

  it('is a handler string relative to this folder', () => {
    const input = { name: 'api', handler: 'src/api.routes.get', rootDir: resolve('.') }
    expect(find('src/api.routes.get').input).toMatchObject(input)
    expect(find('./src/api.routes.get').input).toMatchObject(input)
  })

  it('is a handler string elsewhere, with its own folder as root', () => {
    expect(find('../src/api.get').input).toMatchObject({
      handler: 'api.get',
      rootDir: resolve('../src'),
    })
    expect(find('/src/api.get').input).toMatchObject({ handler: 'api.get', rootDir: '/src' })
  })

  it('gets a name that a function may have', () => {
    expect(find('src/my handler.get').input.name).toBe('my-handler')
    expect(find(`src/${'x'.repeat(100)}.get`).input.name).toBe('x'.repeat(64))
  })

  it('is changed by what the command line says, and only by that', () => {
    const { input } = find('other', { memorySizeMb: 256, environment: { B: '3', C: '4' } })
    expect(input).toEqual({
      name: 'other',
      handler: 'other.handler',
      rootDir: '/app',
      memorySizeMb: 256,
      environment: { A: '1', B: '3', C: '4' },
    })
    const overrides = { timeoutMs: 5_000, isolation: 'thread' }
    expect(find('other', overrides).input).toMatchObject({ memorySizeMb: 512, ...overrides })
  })

  it('that means nothing is refused with what was probably meant', () => {
    expect(() => find('gret')).toThrow(
      "'gret' is neither a handler file nor a function of template.yaml (did you mean 'greet'?)",
    )
    const wrong = counter.replace('counter', 'conter')
    expect(() => find(wrong)).toThrow(`not found: ${wrong} (did you mean '${basename(counter)}'?)`)
  })

  it('that is another kind of file is refused', () => {
    const file = fileURLToPath(new URL('../../../package.json', import.meta.url))
    expect(() => find(file)).toThrow('its name must end in .js .mjs .cjs .ts .mts .cts')
  })
})
