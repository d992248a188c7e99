import type { Estimate } from '../../measure/results/figures.ts'
import type { TunedSize, TuneResult } from '../../measure/results/tune-result.ts'
import type { Colours } from '../colours.ts'
import { formatUsd } from '../cost/cost-text.ts'
import { formatMs, NOT_SUPPORTED } from '../format.ts'
import { plainTable } from '../plain-table.ts'

/** A row for each size, with what stands out marked. */
export function tuneTable({ sizes, best, recommended }: TuneResult, paint: Colours): string {
  const head = [
    'MB',
    'warm p50 ms',
    '95 %',
    'mean billed',
    'cold p50',
    'used MB',
    'x86 $',
    'arm64 $',
    '',
  ]
  const table = plainTable(head, 0, paint)
  for (const size of sizes) {
    const {
      memorySizeMb,
      warmMs,
      billedMs,
      billedMeanMs = billedMs,
      coldMs,
      maxMemoryUsedMb,
      costPerMillion,
    } = size
    const isChosen = memorySizeMb === recommended?.memorySizeMb
    const memory = memorySizeMb.toLocaleString('en-US')
    table.push([
      isChosen ? paint.bold(memory) : memory,
      paint.cyan(formatMs(warmMs.value)),
      paint.dim(intervalText(warmMs)),
      formatMs(billedMeanMs),
      formatMs(coldMs.value),
      maxMemoryUsedMb?.toLocaleString('en-US') ?? NOT_SUPPORTED,
      paint.yellow(formatUsd(costPerMillion.x86_64.totalUsd, 2)),
      formatUsd(costPerMillion.arm64.totalUsd, 2),
      marksOf(size, best, paint),
    ])
  }
  return table.toString().replaceAll(/ +$/gm, '')
}

const intervalText = ({ interval }: Estimate): string =>
  interval === null ? NOT_SUPPORTED : `${formatMs(interval.low)} … ${formatMs(interval.high)}`

function marksOf({ memorySizeMb }: TunedSize, best: TuneResult['best'], paint: Colours): string {
  const names = (['cheapest', 'fastest', 'knee'] as const).filter(
    (name) => best[name] === memorySizeMb,
  )
  // Colour around nothing would keep the spaces before it.
  return names.length === 0 ? '' : paint.green(names.join(', '))
}
