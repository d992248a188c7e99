import type { TuneResult } from '../../measure/results/tune-result.ts'
import type { Colours } from '../colours.ts'
import { counted } from '../counted.ts'
import { tuneChart } from './tune-chart.ts'
import { tuneTable } from './tune-table.ts'

/** A memory sweep for a person: on what it was measured, table, chart, and what the figures mean. */
export function tuneReport(result: TuneResult, paint: Colours): string {
  const points = result.sizes.map(({ memorySizeMb, warmMs, costPerMillion }) => {
    return { memorySizeMb, ms: warmMs.value, usd: costPerMillion.x86_64.totalUsd }
  })
  return [
    heading(result, paint),
    tuneTable(result, paint),
    tuneChart(points, paint),
    [...choice(result, paint), ...notes(result).map((note) => paint.dim(note))].join('\n'),
    [...result.warnings, ...failures(result)].map((text) => paint.yellow(text)).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function heading({ target, environment, seed, settings }: TuneResult, paint: Colours): string {
  const { sandlot, node, cpuCount, cpu, system, arch, isolation } = environment
  const counts =
    settings === undefined
      ? ''
      : `, ${counted(settings.runs, 'run')} of each size with ${settings.coldPerRun} cold and ${settings.warmPerRun} warm`
  return [
    paint.bold(target),
    paint.dim(`Sandlot ${sandlot}, Node ${node}, seed ${seed}${counts}`),
    paint.dim(`${cpuCount} × ${cpu}, ${system} ${arch}, processes confined as '${isolation}'`),
  ].join('\n')
}

function choice({ recommended, sizes }: TuneResult, paint: Colours): string[] {
  if (recommended === undefined) return []
  const { strategy, costWeight, memorySizeMb } = recommended
  const weights = strategy === 'balanced' ? `, cost weighing ${Math.round(costWeight * 100)} %` : ''
  const only = sizes.length > 1 ? '' : ', the only size with samples enough'
  const size = paint.bold(`${memorySizeMb.toLocaleString('en-US')} MB`)
  return [`${size} is recommended: ${strategy}${weights}${only}`]
}

function notes({ region, sizes, environment }: TuneResult): string[] {
  const asOf = sizes[0]?.costPerMillion.x86_64.pricesAsOf
  return [
    `$: a million warm invocations of the mean billed duration, ${region}, list prices of ${asOf}`,
    `arm64 $: its price for the times measured here, on ${environment.arch}; arm64 itself was not measured`,
    'knee: from there on more memory shortens the time by little (farthest below the chord, log scales)',
  ]
}

function failures({ sizes }: TuneResult): string[] {
  return sizes.flatMap(({ memorySizeMb, failures: counts }) =>
    Object.entries(counts).map(
      ([type, count]) => `${memorySizeMb} MB: ${count} failed with ${type}, in no figure`,
    ),
  )
}
