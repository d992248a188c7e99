import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { HANDLERS, jsonOf, type RuntimeUnderTest, textOf } from './runtime-under-test.ts'
import { KINDS, useRuntimes } from './transports.ts'

const runtimes = useRuntimes()

/** Waits for the init error and the end that follows it. */
async function failure(runtime: RuntimeUnderTest) {
  const { header, payload } = await runtime.first('initError')
  const { code } = await runtime.ended
  const { errorMessage, trace, ...rest } = jsonOf(textOf(payload)) as {
    errorType: string
    errorMessage: string
    trace: string[]
  }
  return { header, code, errorMessage, trace, ...rest }
}

describe.each(KINDS)('a %s loads its handler', (kind) => {
  it('after it has said that it is there, before it says that it is ready', async () => {
    const runtime = await runtimes.start(kind).load('loading.cjs')
    expect(runtime.received.map(({ header }) => header.type)).toEqual(['booted', 'initialised'])
    const booted = await runtime.first('booted')
    const initialised = await runtime.first('initialised')
    expect(booted.header.nodeVersion).toBe(process.version)
    const nowUs = Number(process.hrtime.bigint() / 1_000n)
    expect(booted.header.atUs).toBeLessThanOrEqual(initialised.header.atUs)
    expect(initialised.header.atUs).toBeLessThanOrEqual(nowUs)
    expect(initialised.header.memory.heapBytes).toBeGreaterThan(1_000_000)
  })

  it('says that it is there without being asked', async () => {
    await runtimes.start(kind).first('booted')
  })

  it.each([
    ['CommonJS', 'loading.cjs', 'handler', 'cjs'],
    ['an ES module', 'loading.mjs', 'handler', 'esm'],
    ['a nested export of CommonJS', 'loading.cjs', 'api.get', 'nested'],
    ['a nested export of an ES module', 'loading.mjs', 'api.get', 'nested'],
    ['a property of the default export', 'loading.mjs', 'named', 'on the default export'],
    ['an ES module with top-level await', 'top-level-await.mjs', 'handler', 'after await'],
  ])('from %s', async (_what, file, handler, result) => {
    const runtime = await runtimes.start(kind).load(file, handler)
    expect(jsonOf((await runtime.invoke()).text)).toBe(result)
  })

  it.each([
    ['function.cjs', 'the module itself'],
    ['default.mjs', 'the default export'],
  ])(
    'from the default export of %s when that is allowed, and not otherwise',
    async (file, result) => {
      const allowed = await runtimes.start(kind).load(file, 'handler', { allowDefaultExport: true })
      expect(jsonOf((await allowed.invoke()).text)).toBe(result)
      const refused = runtimes.start(kind)
      refused.init(file, 'handler')
      expect((await failure(refused)).errorType).toBe('Runtime.HandlerNotFound')
    },
  )

  it.each([
    ['missing', 'loading.missing is undefined or not exported'],
    ['empty', 'loading.empty is undefined or not exported'],
    ['text', 'loading.text is not a function'],
    ['api.missing', 'loading.api.missing is undefined or not exported'],
  ])('and refuses the export "%s"', async (handler, errorMessage) => {
    const runtime = runtimes.start(kind)
    runtime.init('loading.cjs', handler)
    const failed = await failure(runtime)
    expect(failed).toMatchObject({ errorType: 'Runtime.HandlerNotFound', errorMessage, code: 1 })
    expect(failed.header.errorType).toBe('Runtime.HandlerNotFound')
    expect(failed.trace[0]).toBe(`Runtime.HandlerNotFound: ${errorMessage}`)
  })
})

describe.each(KINDS)('a %s whose handler cannot be loaded', (kind) => {
  async function failedLoad(file: string, modulePath?: string) {
    const runtime = runtimes.start(kind)
    runtime.init(file, 'handler', modulePath === undefined ? {} : { modulePath })
    return { ...(await failure(runtime)), logs: runtime.logs }
  }

  it('names a module that a CommonJS module misses as Lambda does', async () => {
    const failed = await failedLoad('missing-import.cjs')
    expect(failed.code).toBe(1)
    expect(failed.errorType).toBe('Runtime.ImportModuleError')
    const [first, second, third, fourth] = failed.errorMessage.split('\n')
    expect(first).toBe("Error: Cannot find module './not-there.cjs'")
    expect(second).toBe('Require stack:')
    expect(third).toBe(`- ${join(HANDLERS, 'missing-import.cjs')}`)
    // The runtime itself, as on Lambda.
    expect(fourth).toMatch(/^- .*main\.bundle\.cjs$/)
    expect(failed.trace[0]).toBe(
      "Runtime.ImportModuleError: Error: Cannot find module './not-there.cjs'",
    )
    expect(failed.trace.join('\n')).toContain(`at Object.<anonymous> (${HANDLERS}`)
  })

  it('keeps the own name of an error about a package that an ES module misses', async () => {
    const failed = await failedLoad('missing-import.mjs')
    expect(failed.errorType).toBe('Error')
    expect(failed.errorMessage).toContain("Cannot find package 'not-there'")
  })

  it.each(['absent.cjs', 'absent.mjs'])(
    'names the handler file itself missing: %s',
    async (file) => {
      const failed = await failedLoad(file)
      expect(failed.errorType).toBe('Runtime.ImportModuleError')
      expect(failed.errorMessage).toMatch(/^Error.*: Cannot find module/)
    },
  )

  it.each(['cjs', 'mjs'])('names a syntax error: .%s', async (extension) => {
    const modulePath = join(runtimes.cachePath(), `broken.${extension}`)
    writeFileSync(modulePath, 'const fine = 1\nconst = 2\n')
    const failed = await failedLoad(`broken.${extension}`, modulePath)
    expect(failed.errorType).toBe('Runtime.UserCodeSyntaxError')
    expect(failed.errorMessage).toBe("SyntaxError: Unexpected token '='")
    expect(failed.trace[0]).toBe("Runtime.UserCodeSyntaxError: SyntaxError: Unexpected token '='")
    // Of an ES module Node itself does not tell the line.
    if (extension === 'cjs') expect(failed.trace[1]).toBe(`${modulePath}:2`)
  })

  it('keeps the own name of what the module throws, and logs it without a request id', async () => {
    const failed = await failedLoad('throws.cjs')
    expect(failed).toMatchObject({ errorType: 'ConfigError', errorMessage: 'while loading' })
    expect(failed.logs).toHaveLength(1)
    const [log] = failed.logs
    expect(log?.requestId).toBeUndefined()
    expect(log?.text).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+Z\tundefined\tERROR\tUncaught Exception \t\{"errorType":"ConfigError",/,
    )
  })

  it('names something thrown that is no error by its type', async () => {
    const failed = await failedLoad('throws-text.cjs')
    expect(failed).toMatchObject({ errorType: 'string', errorMessage: 'while loading', trace: [] })
  })

  it('fails to initialise on an exception that nobody catches meanwhile', async () => {
    const failed = await failedLoad('uncaught-load.mjs')
    expect(failed).toMatchObject({ errorType: 'Error', errorMessage: 'from a timer', code: 129 })
  })

  it('ends as Node does when a top-level await never settles', async () => {
    const runtime = runtimes.start(kind)
    runtime.init('unsettled.mjs')
    expect((await runtime.ended).code).toBe(13)
    expect(runtime.received.map(({ header }) => header.type)).toEqual(['booted'])
  })
})

describe.each(KINDS)('a %s with a bundled handler', (kind) => {
  it.each(['cjs', 'esm'] as const)('tells the place in the source: %s', async (format) => {
    const source = join(runtimes.cachePath(), `orders-${format}.ts`)
    writeFileSync(
      source,
      'interface Order { readonly id: string }\n\nexport const handler = async (order: Order) => {\n  throw new Error(order.id)\n}\n',
    )
    const modulePath = source.replace('.ts', format === 'esm' ? '.mjs' : '.cjs')
    await build({
      entryPoints: [source],
      outfile: modulePath,
      format,
      platform: 'node',
      sourcemap: 'linked',
    })
    const place = `orders-${format}.ts:4:`
    const moduleFormat = format === 'esm' ? 'module' : 'commonjs'
    const init = { modulePath, moduleFormat } as const
    const mapped = await runtimes
      .start(kind)
      .load('bundle', 'handler', { ...init, sourceMaps: true })
    expect((await mapped.invoke({ id: 'x' })).text).toContain(place)
    const plain = await runtimes
      .start(kind)
      .load('bundle', 'handler', { ...init, sourceMaps: false })
    expect((await plain.invoke({ id: 'x' })).text).not.toContain(place)
  })
})
