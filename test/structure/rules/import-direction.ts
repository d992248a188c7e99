import { type Import, type Parsed, parse, stageOf } from '../parsed.ts'
import type { Rule } from '../source.ts'

/**
 * Who may import whom inside `runtime/`: the table of `runtime/README.md`. Types count as well. A
 * file at the top of `runtime/` is a stage of its own.
 */
export const IMPORTABLE: Readonly<Record<string, readonly string[]>> = {
  // The library's options and their defaults.
  'emulator-options.ts': ['kernel', 'scheduler'],
  kernel: [],
  storage: ['kernel'],
  functions: ['kernel', 'storage'],
  telemetry: ['kernel'],
  sandbox: ['kernel', 'functions', 'telemetry'],
  scheduler: ['kernel', 'functions', 'telemetry', 'sandbox'],
  invoke: ['kernel', 'functions', 'telemetry', 'sandbox', 'scheduler'],
  async: ['kernel', 'storage', 'functions', 'telemetry', 'sandbox', 'scheduler', 'invoke'],
  sources: ['kernel', 'storage', 'functions', 'telemetry', 'sandbox', 'scheduler', 'invoke'],
  api: ['kernel', 'functions', 'telemetry', 'sandbox', 'scheduler', 'invoke', 'async'],
  'runtime-api': ['kernel', 'telemetry'],
  bootstrap: [],
  host: ['kernel', 'storage', 'functions', 'telemetry', 'sandbox', 'runtime-api'],
  simulation: [
    'kernel',
    'storage',
    'functions',
    'telemetry',
    'sandbox',
    'scheduler',
    'invoke',
    'async',
    'sources',
  ],
}

/** What the real machine is made of. The HTTP edge is put in front of it by whoever wants one. */
const NOT_OF_THE_EMULATOR = [
  'api',
  'bootstrap',
  'simulation',
  'index.ts',
  'cli',
  'test',
  'handlers',
]
const PROTOCOL = 'runtime/runtime-api/protocol.ts'

export const importDirection: Rule = (sources) =>
  sources.map(parse).flatMap((file) =>
    file.imports.flatMap((each) => {
      const reason = each.target === undefined ? undefined : refusal(file, each, each.target)
      return reason === undefined ? [] : [`${file.path}:${each.line}: ${reason}`]
    }),
  )

function refusal({ path }: Parsed, { isType }: Import, target: string): string | undefined {
  const [from, to] = [stageOf(path), stageOf(target)]
  const isOwn = from === to
  switch (path.split('/')[0]) {
    case 'test':
      return undefined
    case 'cli':
      return isOwn || /^(dist\/)?(runtime|cli)\//.test(target)
        ? undefined
        : `cli may not import ${target}`
    case 'handlers':
      return isOwn ? undefined : 'a sample handler imports nothing of Sandlot'
    default:
  }
  if (path === PROTOCOL) return 'the protocol also runs inside sandboxes: it imports nothing'
  if (isOwn || path === 'runtime/index.ts') return undefined
  if (path === 'runtime/emulator.ts') {
    return NOT_OF_THE_EMULATOR.includes(to) ? `the emulator may not import ${to}` : undefined
  }
  if (from === 'bootstrap' && target === PROTOCOL) return undefined
  // What the HTTP edge serves is made by somebody else: it knows the type, it makes none.
  if (from === 'api' && target === 'runtime/emulator.ts' && isType) return undefined
  const allowed = IMPORTABLE[from]
  if (allowed === undefined) return `'${from}' is not in the import table`
  return allowed.includes(to) ? undefined : `${from} may not import ${to}`
}

/** No file needs, through whatever way, itself. Types count as well. */
export const noCircles: Rule = (sources) => {
  const files = new Map(sources.map((source) => [source.path, parse(source)]))
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path)
    if (start >= 0) circles.push(`${[...way.slice(start), path].join(' → ')}: a circle`)
    if (start >= 0 || done.has(path)) return
    for (const { target } of files.get(path)?.imports ?? []) {
      if (target !== undefined) visit(target, [...way, path])
    }
    done.add(path)
  }
  for (const path of files.keys()) visit(path, [])
  return circles
}
