import type { TunedSize, TuneResult } from '../../measure/results/tune-result.ts'
import { counted } from '../counted.ts'
import { NOT_SUPPORTED } from '../format.ts'
import { costTable } from './cost-table.ts'
import { environmentBlock } from './environment-block.ts'
import { html, type Markup } from './escape.ts'
import { headline, type KeyFigure } from './headline.ts'
import { memoryCurve } from './memory-curve.ts'
import { COMMON, method } from './method.ts'
import { notices } from './notices.ts'
import { between, count, dateText, megabytes, plainMs, usd } from './numbers.ts'
import { page } from './page.ts'
import { type Cell, table } from './tables.ts'
import { tradePlot } from './trade-plot.ts'

export function tunePage(result: TuneResult): Markup {
  const { target, region, sizes, environment } = result
  return page({
    kind: 'memory sweep',
    title: `${target} by memory`,
    facts: [
      dateText(result.startedAt),
      `prices of ${region}`,
      `seed ${result.seed}`,
      `Sandlot ${environment.sandlot}, Node.js ${environment.node.replace(/^v/, '')}`,
    ],
    notices: notices(result.complete, [...result.warnings, ...sizes.flatMap(failuresOf)]),
    headline: headline(keyFigures(result)),
    sections: [
      {
        id: 'curve',
        title: 'Time and cost',
        content: html`${memoryCurve(
          {
            id: 'memory-curve',
            title: 'By memory',
            lead: 'More memory brings more CPU: up to some size that pays for itself, beyond it only the bill grows.',
          },
          result,
        )}${tradePlot(
          {
            id: 'trade',
            title: 'Time against cost',
            lead: 'Every size as a point: further down is faster, further left is cheaper. The knee is where going on buys little.',
          },
          result,
        )}`,
      },
      { id: 'figures', title: 'All figures', content: sizeTable(result) },
      {
        id: 'cost',
        title: 'Cost',
        content: costTable(
          'Cost of a million warm invocations',
          sizes.flatMap(({ memorySizeMb, costPerMillion: { x86_64, arm64 } }) => [
            { head: megabytes(memorySizeMb), cost: x86_64 },
            { head: null, cost: arm64 },
          ]),
        ),
      },
      { id: 'method', title: 'How this was measured', content: tuneMethod(result) },
      { id: 'machine', title: 'The machine', content: environmentBlock(environment) },
    ],
    result,
  })
}

const failuresOf = ({ memorySizeMb, failures }: TunedSize): string[] =>
  Object.entries(failures).map(
    ([type, n]) => `${megabytes(memorySizeMb)}: ${counted(n, 'invocation')} failed with ${type}.`,
  )

function keyFigures({ sizes, best }: TuneResult): KeyFigure[] {
  const names = [
    ['cheapest', best.cheapest],
    ['knee of the curve', best.knee],
    ['fastest', best.fastest],
  ] as const
  return names.map(([name, memorySizeMb]) => {
    const size = sizes.find((each) => each.memorySizeMb === memorySizeMb)
    return {
      name,
      figure: count(memorySizeMb),
      unit: 'MB',
      more:
        size === undefined
          ? ''
          : `${plainMs(size.warmMs.value)} ms, ${usd(size.costPerMillion.x86_64.totalUsd)} a million`,
    }
  })
}

function sizeTable({ sizes, best }: TuneResult): Markup {
  const marks = (memorySizeMb: number): string =>
    Object.entries(best)
      .filter(([, size]) => size === memorySizeMb)
      .map(([name]) => name)
      .join(', ')
  return table(
    'By memory size; times are medians in ms, costs of a million warm invocations',
    [
      { name: 'memory' },
      { name: 'warm', isMain: true },
      { name: '95 % interval' },
      { name: 'billed' },
      { name: 'cold' },
      { name: '95 % interval' },
      { name: 'memory used' },
      { name: 'x86_64' },
      { name: 'arm64' },
      { name: '', isText: true },
    ],
    sizes.map(({ memorySizeMb, warmMs, billedMs, coldMs, maxMemoryUsedMb, costPerMillion }) => ({
      head: megabytes(memorySizeMb),
      cells: [
        plainMs(warmMs.value),
        intervalCell(warmMs),
        count(billedMs),
        plainMs(coldMs.value),
        intervalCell(coldMs),
        maxMemoryUsedMb === null ? NOT_SUPPORTED : megabytes(maxMemoryUsedMb),
        usd(costPerMillion.x86_64.totalUsd),
        usd(costPerMillion.arm64.totalUsd),
        html`<b>${marks(memorySizeMb)}</b>`,
      ],
    })),
  )
}

const intervalCell = ({ interval }: TunedSize['warmMs']): Cell =>
  interval === null
    ? NOT_SUPPORTED
    : html`<span class="between">${between(interval, plainMs)}</span>`

const tuneMethod = ({ sizes, seed, region }: TuneResult): Markup =>
  method([
    [
      'What was measured',
      `The same handler with the same event at ${counted(sizes.length, 'size')} of memory, in an order drawn with seed ${seed}. As on Lambda, a sandbox gets CPU in proportion to its memory, one whole CPU at 1,769 MB, and as much as there is while it initialises.`,
    ],
    [
      'Time and cost',
      `Warm times are medians after the warm-up, cold ones from the invocation to its answer. Costs are of a million warm invocations at the median billed duration, with the prices of ${region}; arm64 is priced, not measured: its column takes the same durations.`,
    ],
    [
      'Cheapest, fastest, knee',
      'Cheapest and fastest are what they say. The knee is the size after which more money buys markedly less time than before.',
    ],
    [
      'Intervals',
      'With 95 % confidence the median lies within. Two sizes whose intervals overlap widely are not shown to differ.',
    ],
    ...COMMON,
  ])
