import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import { SandlotError } from '../kernel/errors.ts'
import type { FunctionInput } from './function-config.ts'
import { isRead, type PropertySource, readFunction, runtimeOf } from './sam-properties.ts'
import { CLOUDFORMATION_TAGS, dereferenced, plainValue } from './sam-values.ts'

export interface SamTemplate {
  readonly functions: readonly FunctionInput[]
  /** The regions whose prices functions are to be reckoned with, by logical id. */
  readonly priceRegions: Readonly<Record<string, string>>
  /** Where each function is declared, `template.yaml:7: hello`, by logical id. */
  readonly places: Readonly<Record<string, string>>
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

const FUNCTION_TYPE = 'AWS::Serverless::Function'

/** What says how a resource is deployed rather than what it does. */
const ATTRIBUTES_WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
])

/** Properties that put a function's code where Sandlot cannot run it yet. */
const OTHER_PACKAGES = ['ImageUri', 'ImageConfig', 'InlineCode']

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/

interface Found {
  readonly key: unknown
  readonly input: FunctionInput
}

class TemplateReader {
  readonly #source: TemplateSource
  readonly #lines = new LineCounter()
  readonly #document: Document
  readonly #warnings: string[] = []
  /** Why functions of the template were left out. */
  readonly #leftOut: string[] = []
  readonly #priceRegions: Record<string, string> = {}
  readonly #places: Record<string, string> = {}

  constructor(source: TemplateSource) {
    this.#source = source
    this.#document = parseDocument(source.text, {
      lineCounter: this.#lines,
      customTags: CLOUDFORMATION_TAGS,
      logLevel: 'silent',
    }) as unknown as Document
  }

  read(): SamTemplate {
    const root = this.#root()
    const globals = this.#mapAt(this.#mapAt(root, 'Globals'), 'Function')
    const resources = this.#mapAt(root, 'Resources')
    if (resources === undefined) throw this.#error(undefined, 'it has no Resources')
    this.#checkGlobals(globals)
    const functions = resources.items.flatMap((pair) => this.#function(pair, globals))
    if (functions.length === 0) {
      const [why] = this.#leftOut
      const text =
        why === undefined ? `it has no ${FUNCTION_TYPE}` : `it has no function to run: ${why}`
      throw this.#error(undefined, text)
    }
    this.#refuseTwins(functions)
    return {
      functions: functions.map(({ input }) => input),
      priceRegions: this.#priceRegions,
      places: this.#places,
      warnings: this.#warnings,
    }
  }

  #root(): YAMLMap {
    const [problem] = this.#document.errors
    if (problem !== undefined) {
      const [first = ''] = problem.message.split('\n')
      throw this.#errorAt(problem.pos[0], `not YAML: ${first.replace(/ at line .*$/, '')}`)
    }
    const { contents } = this.#document
    if (!isMap(contents)) throw this.#error(undefined, 'not a template: it must be a map')
    return contents
  }

  /** Said once for the whole template, not for each function. */
  #checkGlobals(globals: YAMLMap | undefined): void {
    for (const pair of globals?.items ?? []) {
      if (nameOf(pair) === 'FunctionName') {
        throw this.#error(
          pair.key,
          'Globals.Function: FunctionName cannot be shared; give it to each function',
        )
      }
      this.#nameUnsupported('Globals.Function', pair)
    }
  }

  #function(pair: Pair, globals: YAMLMap | undefined): Found[] {
    const logicalId = nameOf(pair)
    const resource = this.#resolved(pair.value)
    if (!isMap(resource) || !resource.has('Type')) {
      throw this.#error(pair.key, `${logicalId}: a resource must be a map with a Type`)
    }
    const type = resource.get('Type')
    if (type !== FUNCTION_TYPE) {
      this.#warn(pair.key, `${logicalId}: resources of type ${String(type)} are not emulated`)
      return []
    }
    for (const each of resource.items) {
      if (ATTRIBUTES_WITHOUT_EFFECT.has(nameOf(each))) continue
      this.#warn(each.key, `${logicalId}: '${nameOf(each)}' is not supported yet and is ignored`)
    }
    const own = this.#mapAt(resource, 'Properties')
    const source = this.#propertySource(logicalId, pair.key, own, globals)
    const obstacle = obstacleOf(source)
    if (obstacle !== undefined) {
      this.#leftOut.push(`${logicalId}: ${obstacle}`)
      this.#warn(pair.key, `${logicalId}: ${obstacle}; left out`)
      return []
    }
    for (const each of own?.items ?? []) this.#nameUnsupported(logicalId, each)
    const input = readFunction(source, logicalId, this.#source.folder)
    const priceRegion = this.#priceRegionOf(logicalId, resource)
    if (priceRegion !== undefined) this.#priceRegions[logicalId] = priceRegion
    this.#places[logicalId] = `${this.#place(offsetOf(pair.key))}: ${logicalId}`
    const network = this.#networkOf(logicalId, resource)
    return [{ key: pair.key, input: network === undefined ? input : { ...input, network } }]
  }

  #networkOf(logicalId: string, resource: YAMLMap): FunctionInput['network'] {
    const { node, value } = this.#setting(resource, 'Network')
    if (value === undefined || value === 'host' || value === 'none') return value
    throw this.#error(node, `${logicalId}: Metadata.Sandlot.Network must be 'host' or 'none'`)
  }

  #priceRegionOf(logicalId: string, resource: YAMLMap): string | undefined {
    const { node, value } = this.#setting(resource, 'PriceRegion')
    if (value === undefined) return undefined
    if (typeof value === 'string' && REGION.test(value)) return value
    const text = 'Metadata.Sandlot.PriceRegion must be a region, like eu-west-1'
    throw this.#error(node, `${logicalId}: ${text}`)
  }

  /** `Metadata: Sandlot: Network: none`: settings of ours, which AWS's tools pass over. */
  #setting(resource: YAMLMap, name: string): { readonly node: unknown; readonly value: unknown } {
    const settings = this.#mapAt(this.#mapAt(resource, 'Metadata'), 'Sandlot')
    const node = settings?.get(name, true)
    return { node, value: plainValue(node, this.#document) }
  }

  #propertySource(
    logicalId: string,
    key: unknown,
    own: YAMLMap | undefined,
    globals: YAMLMap | undefined,
  ): PropertySource {
    const ownerOf = (node: unknown) => (isWithin(node, globals) ? 'Globals.Function' : logicalId)
    return {
      own,
      globals,
      plain: (node) => plainValue(node, this.#document),
      // The resource itself has a line where its properties have none.
      error: (node, message) => this.#error(node ?? key, `${ownerOf(node)}: ${message}`),
      warn: (node, message) => {
        const text = `${this.#place(offsetOf(node))}: ${ownerOf(node)}: ${message}`
        if (!this.#warnings.includes(text)) this.#warnings.push(text)
      },
    }
  }

  #nameUnsupported(owner: string, pair: Pair): void {
    const name = nameOf(pair)
    if (name === 'VpcConfig') {
      this.#warn(
        pair.key,
        `${owner}: VpcConfig: subnets and security groups are not emulated; the function has this machine's network (Metadata.Sandlot.Network: none leaves it loopback only)`,
      )
      return
    }
    if (isRead(name) || name === 'Description' || name === 'PackageType') return
    this.#warn(pair.key, `${owner}: '${name}' is not supported yet and is ignored`)
  }

  /** A function answers to its name and to its logical id: each must mean one function. */
  #refuseTwins(functions: readonly Found[]): void {
    const logicalIds = new Set(functions.map(({ input }) => input.logicalId))
    const holders = new Map<string, string>()
    for (const { key, input } of functions) {
      const { name, logicalId = name } = input
      const isOthersId = name !== logicalId && logicalIds.has(name)
      const holder = holders.get(name) ?? (isOthersId ? name : undefined)
      if (holder !== undefined) {
        const text = `${logicalId}: FunctionName '${name}' is taken by ${holder} already; give each function a name of its own`
        throw this.#error(key, text)
      }
      holders.set(name, logicalId)
    }
  }

  #mapAt(map: YAMLMap | undefined, name: string): YAMLMap | undefined {
    const value = this.#resolved(map?.get(name, true))
    if (value === undefined || (isScalar(value) && value.value === null)) return undefined
    if (!isMap(value)) throw this.#error(value, `${name} must be a map`)
    return value
  }

  #resolved(node: unknown): unknown {
    return dereferenced(node, this.#document)
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

/** Why a function cannot run here, whatever else it says. */
function obstacleOf(source: PropertySource): string | undefined {
  const runtime = runtimeOf(source)
  if (runtime !== undefined && !runtime.startsWith('nodejs')) {
    return `runtime ${runtime} is not supported yet`
  }
  const { own, globals, plain } = source
  const packageType = plain(own?.get('PackageType', true) ?? globals?.get('PackageType', true))
  if (packageType === 'Image') return 'container images are not supported yet'
  const name = OTHER_PACKAGES.find((each) => own?.has(each))
  return name === undefined ? undefined : `code in '${name}' is not supported yet`
}

const nameOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key)

function isWithin(node: unknown, map: YAMLMap | undefined): boolean {
  const offset = offsetOf(node)
  const [start, , end] = map?.range ?? [0, 0, 0]
  return offset !== undefined && offset >= start && offset < end
}

function offsetOf(node: unknown): number | undefined {
  return (node as { range?: readonly number[] } | undefined)?.range?.[0]
}
