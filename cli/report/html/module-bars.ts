import { scaleLinear } from 'd3-scale'
import type { ModuleCost } from '../../measure/results/bench-result.ts'
import { horizontalAxis, millisecondLabel } from './axis.ts'
import { html, type Markup } from './escape.ts'
import { type Drawing, type Figure, figure, type PlotSize } from './figure.ts'
import { count, plainMs } from './numbers.ts'
import { type Box, fitted, rect, text } from './svg.ts'
import type { SeriesColour } from './theme.ts'

/** The slowest modules of an import tree: with all that they import, and by themselves. */
export function moduleBars(
  words: Pick<Figure, 'id' | 'title' | 'lead'>,
  modules: readonly ModuleCost[],
  colour: SeriesColour,
): Markup {
  return figure({
    ...words,
    description: modules
      .map(
        ({ name, totalMs, selfMs }) =>
          `${name}: ${plainMs(totalMs)} ms, ${plainMs(selfMs)} by itself`,
      )
      .join('. '),
    note: `The ${count(modules.length)} slowest. Whole bar: with all that a module imports first. Full colour: the module by itself.`,
    draw: modules.length === 0 ? null : (size) => draw(size, modules, colour),
  })
}

const BAR = 12
const ROW = 38

function draw(
  { width, isNarrow }: PlotSize,
  modules: readonly ModuleCost[],
  colour: SeriesColour,
): Drawing {
  const room = isNarrow ? 108 : 132
  const box: Box = { left: 1, top: 2, right: width - room, bottom: 2 + modules.length * ROW }
  const x = scaleLinear(
    [0, Math.max(...modules.map(({ totalMs }) => totalMs))],
    [box.left, box.right],
  )
  const bars = modules.map(({ name, totalMs, selfMs }, index) => {
    const top = box.top + index * ROW + 18
    const bottom = top + BAR
    const tip = `${name}\n${plainMs(totalMs)} ms with all that it imports\n${plainMs(selfMs)} ms by itself`
    return html`<g class="${colour}">${text({ x: 0, y: top - 5 }, fitted(name, width - 8), {})}${rect({ left: box.left, top, right: x(totalMs), bottom }, 'fill soft', tip)}${rect({ left: box.left, top, right: x(selfMs), bottom }, 'fill', tip)}${text(
      { x: x(totalMs) + 7, y: bottom - 2 },
      `${plainMs(totalMs)} (self ${plainMs(selfMs)})`,
      { className: 'quiet' },
    )}</g>`
  })
  return {
    height: box.bottom + 44,
    content: html`${horizontalAxis({
      scale: x,
      ticks: x.ticks(isNarrow ? 3 : 7).map((value) => ({ value, label: millisecondLabel(value) })),
      box,
      title: 'ms of the import',
    })}${bars}`,
  }
}
