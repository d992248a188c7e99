import { describe, expect, it } from 'vitest'
import { placedLabels } from '../../../../cli/report/html/label-placement.ts'

const BOX = { left: 0, top: 0, right: 200, bottom: 100 }
const label = (text: string, ...candidates: { x: number; y: number }[]) => ({
  text,
  colour: 's1' as const,
  candidates,
})

const placesOf = (...labels: Parameters<typeof placedLabels>[0]) =>
  [...placedLabels(labels, BOX).markup.matchAll(/x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)].map(
    ([, x, y, width]) => ({ x: Number(x), y: Number(y), width: Number(width) }),
  )

describe('labels of lines', () => {
  it('stand where they would like to, while nothing is there', () => {
    expect(placesOf(label('A', { x: 100, y: 50 }))).toMatchObject([{ y: 41 }])
  })

  it('move along their line when another stands there', () => {
    const at = { x: 100, y: 50 }
    expect(placesOf(label('A', at), label('B', at, { x: 100, y: 80 }))).toMatchObject([
      { y: 41 },
      { y: 71 },
    ])
  })

  it('stay within the plot', () => {
    const [place] = placesOf(label('a longer one', { x: 199, y: 0 }))
    expect((place?.x ?? 0) + (place?.width ?? 0)).toBeLessThanOrEqual(BOX.right)
    expect(place?.y).toBe(0)
  })

  it('are left out where there is no room left, or no line', () => {
    const at = { x: 100, y: 50 }
    expect(placesOf(label('A', at), label('B', at), label('C'))).toHaveLength(1)
  })
})
