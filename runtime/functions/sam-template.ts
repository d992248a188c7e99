import {
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import { SandlotError } from '../kernel/errors.ts'
import type { FunctionInput } from './function-config.ts'
import { FunctionProperties, PROPERTIES_WITHOUT_EFFECT } from './sam-properties.ts'

export interface SamTemplate {
  readonly functions: readonly FunctionInput[]
  /** What the template says and Sandlot does not honour, one line each. */
  readonly warnings: readonly string[]
}

export interface TemplateSource {
  readonly text: string
  /** As messages name it. */
  readonly fileName: string
  /** Absolute path of the folder that the template's paths are relative to. */
  readonly folder: string
}

/**
 * Reads the functions of a SAM template, with `Globals.Function` merged in.
 * Source: AWS SAM Developer Guide, "AWS::Serverless::Function" and "Globals section".
 *
 * @throws SandlotError `InvalidParameterValue`, one line: file, line, function, field, what is allowed.
 */
export function readSamTemplate(source: TemplateSource): SamTemplate {
  return new TemplateReader(source).read()
}

/** Resource types that hold no function: what they describe does not exist here. */
const FUNCTION_TYPE = 'AWS::Serverless::Function'

class TemplateReader {
  readonly #source: TemplateSource
  readonly #lines = new LineCounter()
  readonly #warnings: string[] = []

  constructor(source: TemplateSource) {
    this.#source = source
  }

  read(): SamTemplate {
    const root = this.#parse()
    const globals = this.#mapAt(this.#mapAt(root, 'Globals'), 'Function')
    const resources = this.#mapAt(root, 'Resources')
    if (resources === undefined) throw this.#error(undefined, 'it has no Resources')
    const functions = resources.items.flatMap((pair) => this.#function(pair, globals))
    if (functions.length === 0) throw this.#error(undefined, `it has no ${FUNCTION_TYPE}`)
    this.#refuseTwins(functions)
    return { functions: functions.map(({ input }) => input), warnings: this.#warnings }
  }

  #parse(): YAMLMap {
    const { text } = this.#source
    const document = parseDocument(text, {
      lineCounter: this.#lines,
      customTags: CLOUDFORMATION_TAGS,
      logLevel: 'silent',
    })
    const [problem] = document.errors
    if (problem !== undefined) {
      const [first = ''] = problem.message.split('\n')
      throw this.#errorAt(problem.pos[0], `not YAML: ${first.replace(/ at line .*$/, '')}`)
    }
    const { contents } = document
    if (!isMap(contents)) throw this.#error(undefined, 'not a template: it must be a map')
    return contents as unknown as YAMLMap
  }

  #function(pair: Pair, globals: YAMLMap | undefined) {
    const logicalId = nameOf(pair)
    const resource = pair.value
    if (!isMap(resource)) return []
    const type = resource.get('Type')
    if (type !== FUNCTION_TYPE) {
      this.#warn(pair.key, `${logicalId}: resources of type ${String(type)} are not emulated`)
      return []
    }
    const own = this.#mapAt(resource, 'Properties')
    for (const map of [own, globals]) this.#nameUnsupported(logicalId, map)
    const properties = new FunctionProperties(own, globals, (node, message) => {
      return this.#error(node, `${logicalId}: ${message}`)
    })
    const runtime = properties.text('Runtime')
    if (runtime !== undefined && !runtime.startsWith('nodejs')) {
      this.#warn(pair.key, `${logicalId}: runtime ${runtime} is not supported yet; left out`)
      return []
    }
    return [{ key: pair.key, input: properties.functionInput(logicalId, this.#source.folder) }]
  }

  readonly #named = new Set<unknown>()

  /** Once each, also where they stand in Globals and concern every function. */
  #nameUnsupported(logicalId: string, properties: YAMLMap | undefined): void {
    for (const pair of properties?.items ?? []) {
      const name = nameOf(pair)
      if (this.#named.has(pair) || FunctionProperties.reads(name)) continue
      this.#named.add(pair)
      if (PROPERTIES_WITHOUT_EFFECT.has(name)) continue
      this.#warn(pair.key, `${logicalId}: '${name}' is not supported yet and is ignored`)
    }
  }

  #refuseTwins(functions: readonly { key: unknown; input: FunctionInput }[]): void {
    const seen = new Map<string, string>()
    for (const { key, input } of functions) {
      const other = seen.get(input.name)
      if (other !== undefined) {
        const text = `${input.logicalId}: FunctionName '${input.name}' is taken by ${other} already; give each function a name of its own`
        throw this.#error(key, text)
      }
      seen.set(input.name, input.logicalId ?? input.name)
    }
  }

  #mapAt(map: YAMLMap | undefined, name: string): YAMLMap | undefined {
    const value = map?.get(name, true) as Node | undefined
    if (value === undefined || (isScalar(value) && value.value === null)) return undefined
    if (!isMap(value)) throw this.#error(value, `${name} must be a map`)
    return value
  }

  #warn(node: unknown, message: string): void {
    this.#warnings.push(`${this.#place(offsetOf(node))}: ${message}`)
  }

  #error(node: unknown, message: string): SandlotError {
    return this.#errorAt(offsetOf(node), message)
  }

  #errorAt(offset: number | undefined, message: string): SandlotError {
    return new SandlotError('InvalidParameterValue', `${this.#place(offset)}: ${message}`)
  }

  #place(offset: number | undefined): string {
    const { fileName } = this.#source
    return offset === undefined ? fileName : `${fileName}:${this.#lines.linePos(offset).line}`
  }
}

const nameOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key)

function offsetOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] } | undefined)?.range?.[0]
}

/** Short forms of CloudFormation's functions: kept, so that whoever needs the value can refuse it. */
const CLOUDFORMATION_TAGS = [
  'Ref',
  'Sub',
  'GetAtt',
  'Join',
  'Select',
  'Split',
  'FindInMap',
  'ImportValue',
  'If',
  'Equals',
  'And',
  'Or',
  'Not',
  'Condition',
  'Base64',
  'Cidr',
  'GetAZs',
  'Transform',
].flatMap((name) => [
  { tag: `!${name}`, resolve: (value: string) => new Intrinsic(name, value) },
  { tag: `!${name}`, collection: 'seq' as const, resolve: () => new Intrinsic(name, '') },
  { tag: `!${name}`, collection: 'map' as const, resolve: () => new Intrinsic(name, '') },
])

/** A value that only CloudFormation could compute. */
class Intrinsic {
  readonly name: string
  readonly argument: string

  constructor(name: string, argument: string) {
    this.name = name
    this.argument = argument
  }

  toString(): string {
    return `!${this.name} ${this.argument}`.trim()
  }
}
