import type { Emulator } from '../../runtime/emulator.ts'
import type { FunctionVersion } from '../../runtime/functions/function-version.ts'
import type { Manifest } from '../manifest.ts'
import type { Colours } from './colours.ts'
import { counted } from './counted.ts'
import { NOT_SUPPORTED } from './format.ts'
import { plainTable } from './plain-table.ts'

/** What a server says when it can be used: where, what, and how to try it. */
export function startScreen(
  url: string,
  emulator: Pick<Emulator, 'functions' | 'accountLimit' | 'reaped'>,
  manifest: Pick<Manifest, 'label' | 'isSamples'>,
  paint: Colours,
): string {
  const functions = emulator.functions()
  const source = manifest.isSamples
    ? 'no template.yaml here: these are the samples that ship with Sandlot'
    : manifest.label
  const lines = [
    `${paint.bold(paint.green('Sandlot'))} serves ${counted(functions.length, 'function')} on ${paint.bold(paint.cyan(url))}`,
    paint.dim(source),
    '',
    ...tableOf(functions, paint).split('\n'),
    '',
    ...notes(emulator, paint),
    '',
    ...examples(url, functions),
    '',
    paint.dim('Ctrl-C ends it.'),
  ]
  return ['', ...lines.map((line) => `  ${line}`.trimEnd()), ''].join('\n')
}

function tableOf(functions: readonly FunctionVersion[], paint: Colours): string {
  const shown = COLUMNS.filter(({ isShown }) => isShown?.(functions) ?? true)
  const heads = shown.map(({ head }) => head)
  const table = plainTable(heads, 3, paint)
  for (const each of functions) table.push(shown.map(({ cell }) => cell(each, paint)))
  return table.toString()
}

interface Column {
  readonly head: string
  readonly cell: (version: FunctionVersion, paint: Colours) => string
  /** Absent: always. */
  readonly isShown?: (functions: readonly FunctionVersion[]) => boolean
}

const COLUMNS: readonly Column[] = [
  { head: 'function', cell: (version, paint) => paint.bold(shortNameOf(version)) },
  { head: 'name', cell: ({ config }) => config.name },
  { head: 'handler', cell: ({ config }) => config.handler },
  { head: 'memory', cell: ({ config }) => `${config.memorySizeMb} MB` },
  { head: 'timeout', cell: ({ config }) => `${config.timeoutMs / 1_000} s` },
  {
    head: 'reserved',
    cell: ({ config }) => config.reservedConcurrency?.toLocaleString('en-US') ?? NOT_SUPPORTED,
    isShown: (functions) =>
      functions.some(({ config }) => config.reservedConcurrency !== undefined),
  },
  {
    head: 'provisioned',
    cell: ({ config }) =>
      config.provisionedConcurrency === undefined
        ? NOT_SUPPORTED
        : `${config.autoPublishAlias}: ${config.provisionedConcurrency.toLocaleString('en-US')}`,
    isShown: (functions) =>
      functions.some(({ config }) => config.provisionedConcurrency !== undefined),
  },
  {
    head: 'sandbox',
    cell: ({ config }) => config.isolation,
    isShown: (functions) => functions.some(({ config }) => config.isolation !== 'process'),
  },
]

function notes(
  { accountLimit, reaped }: Pick<Emulator, 'accountLimit' | 'reaped'>,
  paint: Colours,
): string[] {
  const { concurrency, cappedBecause } = accountLimit
  const limit =
    cappedBecause === undefined
      ? paint.dim(`account concurrency is ${concurrency.toLocaleString('en-US')}`)
      : paint.yellow(cappedBecause)
  const left = reapedText(reaped)
  return left === undefined ? [limit] : [limit, paint.yellow(left)]
}

/** What killed controllers had left and the start has removed; nothing where nothing was. */
export function reapedText({ controllers, processes }: Emulator['reaped']): string | undefined {
  if (controllers === 0 && processes === 0) return undefined
  const left = `${counted(controllers, 'folder')}, ${counted(processes, 'process', 'processes')}`
  return `removed what a killed Sandlot had left: ${left}`
}

function examples(url: string, [first]: readonly FunctionVersion[]): string[] {
  if (first === undefined) return []
  const name = shortNameOf(first)
  return [
    `curl -d '{}' ${url}/lambda/${name}`,
    `aws lambda invoke --endpoint-url ${url} --function-name ${name} out.json`,
  ]
}

const shortNameOf = ({ config }: FunctionVersion): string => config.logicalId ?? config.name
