import type { BenchResult, VariantResult } from '../../measure/results/bench-result.ts'
import { counted } from '../counted.ts'
import { benchMethod } from './bench-method.ts'
import {
  comparisonTable,
  latencyTable,
  variantName,
  variantTable,
  verdictText,
} from './bench-tables.ts'
import { comparisonPlot } from './comparison-plot.ts'
import { costTable } from './cost-table.ts'
import { benchCurves } from './curves.ts'
import { ecdfPlot } from './ecdf-plot.ts'
import { environmentBlock } from './environment-block.ts'
import { html, type Markup } from './escape.ts'
import { moduleBars } from './module-bars.ts'
import { notices } from './notices.ts'
import { between, dateText, megabytes, plainMs, ratioText } from './numbers.ts'
import { page, type Section } from './page.ts'
import { percentilePlot } from './percentile-plot.ts'
import { phaseBars } from './phase-bars.ts'
import { runPlot } from './run-plot.ts'
import { seriesColour } from './theme.ts'

export function benchPage(result: BenchResult): Markup {
  const { variants, settings, startedAt, seed } = result
  return page({
    kind: 'benchmark',
    title: titleOf(variants),
    facts: [
      dateText(startedAt),
      `${counted(settings.runs, 'run')}${variants.length > 1 ? ' of each variant' : ''}`,
      `seed ${seed}`,
      `Sandlot ${result.environment.sandlot}, Node.js ${result.environment.node.replace(/^v/, '')}`,
    ],
    notices: html`${notices(result.complete, [...result.warnings, ...leftOut(variants)])}`,
    headline: variantCards(result),
    sections: [
      comparisons(result),
      distribution(result),
      phases(variants),
      modules(variants),
      runs(variants),
      figures(result),
      { id: 'method', title: 'How this was measured', content: benchMethod(result) },
      { id: 'machine', title: 'The machine', content: environmentBlock(result.environment) },
    ],
    result,
  })
}

function titleOf(variants: readonly VariantResult[]): string {
  const targets = [...new Set(variants.map(({ target }) => target))]
  const subject =
    targets.length <= 3
      ? targets.join(', ')
      : `${targets.slice(0, 3).join(', ')} and ${targets.length - 3} more`
  return `Cold and warm starts of ${subject || 'nothing'}`
}

const leftOut = (variants: readonly VariantResult[]): string[] =>
  variants.flatMap(({ id, failures, misclassified }) => [
    ...Object.entries(failures).map(
      ([type, count]) =>
        `${id}: ${counted(count, 'invocation')} failed with ${type}, in no figure.`,
    ),
    ...(misclassified === 0
      ? []
      : [`${id}: ${counted(misclassified, 'invocation')} not cold or warm as meant, left out.`]),
  ])

function variantCards({ variants, comparisons: all }: BenchResult): Markup {
  const [first] = variants
  return html`<ul class="variants${all.length > 0 && ' compared'}">${variants.map(
    (variant, index) => {
      const { isolation, memorySizeMb, node, build, series } = variant
      const differs = variants.some((each) => each.node !== node)
      const what = `${isolation}, ${megabytes(memorySizeMb)}${differs ? `, Node.js ${node.replace(/^v/, '')}` : ''}`
      const medians = all.filter(
        ({ b, quantile, series: name }) =>
          b === variant.id && quantile === 0.5 && (name === 'cold' || name === 'warm'),
      )
      return html`
<li><div class="name">${variantName(variant, index)}<div class="more">${what}${build !== null && `, build ${build}`}</div></div>${card('cold, median', series.cold)}${card('warm, median', series.warm)}<dl><dt>cold ÷ warm</dt><dd><span class="figure">${coldToWarm(variant)}</span></dd></dl>${all.length > 0 && html`<dl class="against"><dt>${variant === first ? 'baseline' : `against ${medians[0]?.a}`}</dt>${medians.length === 0 && html`<dd class="more">${variant === first && 'what the others are compared with'}</dd>`}${medians.map((each) => html`<dd><span class="ratio">${each.series} ${ratioText(each.ratio.value)}</span> ${verdictText(each)}</dd>`)}</dl>`}</li>`
    },
  )}
</ul>
`
}

function card(name: string, { p50, p50Interval, n }: VariantResult['series']['cold']): Markup {
  return html`<dl><dt>${name}</dt><dd><span class="figure">${plainMs(p50)}${p50 !== null && html`<span class="unit">ms</span>`}</span><div class="more">${p50Interval === null ? `n ${n}` : between(p50Interval, plainMs)}</div></dd></dl>`
}

function coldToWarm({ series: { cold, warm } }: VariantResult): string {
  if (cold.p50 === null || warm.p50 === null || warm.p50 === 0) return '–'
  const ratio = cold.p50 / warm.p50
  return `${ratio >= 10 ? Math.round(ratio).toLocaleString('en-US') : ratio.toFixed(1)} ×`
}

function comparisons(result: BenchResult): Section | null {
  if (result.comparisons.length === 0) return null
  const { settings } = result
  return {
    id: 'comparison',
    title: settings.aa ? 'The same against itself' : 'Faster or slower?',
    content: html`${comparisonPlot(
      {
        id: 'comparison-plot',
        title: `Ratios to ${result.comparisons[0]?.a}`,
        lead: settings.aa
          ? 'Every variant was measured twice: whatever differs here, the measuring itself made.'
          : 'Left of the line takes less time, right of it more. A difference counts if its interval keeps off the line and its mark off the band.',
      },
      result.comparisons,
      settings.smallestEffect,
    )}${comparisonTable(result)}`,
  }
}

function distribution(result: BenchResult): Section {
  const curves = benchCurves(result)
  return {
    id: 'distribution',
    title: 'Cold against warm',
    content: html`${ecdfPlot(
      {
        id: 'ecdf',
        title: 'Share of invocations answered within a time',
        lead: 'The further left a line, the faster; the steeper, the more alike its invocations.',
      },
      curves,
    )}${percentilePlot(
      {
        id: 'percentiles',
        title: 'The tail, percentile by percentile',
        lead: 'A line that turns upward at the right has a slow tail.',
      },
      curves,
    )}`,
  }
}

function phases(variants: readonly VariantResult[]): Section {
  const rows = (kind: 'cold' | 'warm') =>
    variants.map(({ id, label, phases: { [kind]: parts } }) => ({
      name: variants.length === 1 ? label : `${id}  ${label}`,
      parts,
    }))
  return {
    id: 'phases',
    title: 'Where the time goes',
    content: html`${phaseBars(
      {
        id: 'cold-phases',
        title: 'A cold start',
        lead: 'From the arrival of the invocation to the delivery of its result, sandbox start included.',
      },
      rows('cold'),
    )}${phaseBars(
      {
        id: 'warm-phases',
        title: 'A warm invocation',
        lead: 'The same, in a sandbox that is there already.',
      },
      rows('warm'),
    )}`,
  }
}

function modules(variants: readonly VariantResult[]): Section | null {
  const shown = variants.filter(({ imports }) => imports !== null)
  if (shown.length === 0) return null
  return {
    id: 'modules',
    title: 'The import tree',
    content: html`${phaseBars(importWords(shown), shown.map(importRow))}${shown.map(
      ({ id, label, modules: slowest }) =>
        moduleBars(
          {
            id: `modules-${variants.findIndex((each) => each.id === id)}`,
            title: `${variants.length === 1 ? '' : `${id}  `}${label}`,
            lead: 'Modules that take longest to load at a cold start.',
          },
          slowest,
          seriesColour(variants.findIndex((each) => each.id === id)),
        ),
    )}`,
  }
}

const importWords = (variants: readonly VariantResult[]) => ({
  id: 'import-parts',
  title: 'Loading the code',
  lead: `Of ${variants[0]?.imports?.starts} starts apart that look at the imports; they are in no other figure.`,
})

const importRow = ({ id, label, imports }: VariantResult) => ({
  name: `${id}  ${label}`,
  parts: [
    { name: 'module load', ms: imports?.moduleLoadMs ?? null },
    { name: 'init code', ms: imports?.initCodeMs ?? null },
  ].flatMap(({ name, ms }) => (ms === null ? [] : [{ name, ms }])),
})

function runs(variants: readonly VariantResult[]): Section {
  return {
    id: 'runs',
    title: 'Run by run',
    content: html`${(['cold', 'warm'] as const).map((series) =>
      runPlot(
        {
          id: `${series}-runs`,
          title: series === 'cold' ? 'Cold starts of each run' : 'Warm invocations of each run',
          lead: 'Each run has a controller of its own. Medians that climb or fall together: the machine drifted.',
        },
        variants,
        series,
      ),
    )}`,
  }
}

function figures(result: BenchResult): Section {
  const priced = result.variants.flatMap((variant, index) =>
    variant.costPerMillion === null
      ? []
      : [{ head: variantName(variant, index), cost: variant.costPerMillion }],
  )
  return {
    id: 'figures',
    title: 'All figures',
    content: html`${latencyTable(result)}${variantTable(result)}${priced.length > 0 && costTable('Cost of a million warm invocations', priced)}`,
  }
}
