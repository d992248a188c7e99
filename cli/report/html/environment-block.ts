import type { Environment } from '../../measure/environment.ts'
import { html, type Markup } from './escape.ts'
import { count } from './numbers.ts'
import { type Cell, factsTable, table } from './tables.ts'

/** All that is known of the machine, whatever fields it is made of. */
export function environmentBlock({ limits, ...environment }: Environment): Markup {
  const facts = Object.entries(environment).map(
    ([name, value]) => [TITLES[name] ?? spoken(name), cellOf(value, name)] as const,
  )
  return html`${factsTable(facts)}${limits !== undefined && limits !== null && limits.length > 0 && limitsTable(limits)}`
}

const TITLES: Readonly<Record<string, string>> = {
  cpu: 'Processor',
  cpuCount: 'Processors',
  governor: 'Frequency governor',
  turbo: 'Turbo',
  smt: 'Two threads a core (SMT)',
  memoryMb: 'Memory',
  arch: 'Architecture',
  node: 'Node.js',
  v8: 'V8',
  nodeHash: 'SHA-256 of Node.js',
  load: 'Load average before',
  loadAfter: 'Load average after',
  stealShare: 'CPU time stolen by the hypervisor',
  onBattery: 'On battery',
  isolation: 'Processes confined as',
  cpuLimit: 'CPU of a sandbox',
  cgroupVersion: 'Version of control groups',
  git: 'Git state of the handler',
  isDirty: 'changed since',
  syncP50Ms: 'sync of 4 KB, median ms',
  nodeOptions: 'NODE_OPTIONS',
  hasExtraCaCerts: 'NODE_EXTRA_CA_CERTS set',
}

/** `syncP50Ms` becomes `Sync p50 ms`. */
function spoken(name: string): string {
  const words = name.replaceAll(
    /([a-z\d])([A-Z])/g,
    (_, end: string, start: string) => `${end} ${start.toLowerCase()}`,
  )
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function cellOf(value: unknown, name: string): Cell {
  if (value === null) return html`<span class="between">not known</span>`
  if (value === undefined) return 'not set'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return numberText(value, name)
  if (Array.isArray(value)) return value.map((each) => plain(each, name)).join('; ')
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, each]) => `${TITLES[key] ?? spoken(key).toLowerCase()}: ${plain(each, key)}`)
      .join(', ')
  }
  return String(value)
}

function plain(value: unknown, name: string): string {
  const cell = cellOf(value, name)
  return cell === null || typeof cell === 'object' ? 'not known' : String(cell)
}

/** Units stand last in the names of fields. */
function numberText(value: number, name: string): string {
  if (name.endsWith('Share')) return `${(value * 100).toFixed(2)} %`
  if (name.startsWith('load')) return value.toFixed(2)
  const unit = name.endsWith('Mb') ? ' MB' : ''
  return `${Number.isInteger(value) ? count(value) : String(Math.round(value * 1_000) / 1_000)}${unit}`
}

const LEVELS = { strongest: '● strongest', weaker: '◐ weaker', none: '○ not enforced' } as const

const limitsTable = (limits: NonNullable<Environment['limits']>): Markup =>
  table(
    'Limits in force in sandboxes that are processes',
    [
      { name: 'Concern' },
      { name: 'Level', isText: true },
      { name: 'How', isText: true, wraps: true },
    ],
    limits.map(({ concern, level, how, stronger }) => ({
      head: concern,
      cells: [
        LEVELS[level],
        stronger === undefined
          ? how
          : html`${how}<br><span class="between">stronger: ${stronger}</span>`,
      ],
    })),
  )
