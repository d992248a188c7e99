import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SimulateResult } from '../../../cli/measure/results/simulate-result.ts'
import { htmlReport } from '../../../cli/report/html/html-report.ts'
import { sampleSimulate } from '../../support/sample-simulate.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { startBrowser } from './browser.ts'
import { IN_PAGE } from './in-page.ts'

const { browser, reason, close } = await startBrowser()

const WIDE = { width: 1_200, height: 900 }
const PHONE = { width: 360, height: 780 }

interface PlotSeen {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly shapes: number
  readonly ticks: number
}

const isNotEmpty = ({ width, height, shapes, ticks }: PlotSeen): boolean =>
  width > 300 && height > 80 && shapes >= 2 && ticks >= 3

describe('the HTML report of a simulation in a browser', () => {
  skipUnless(browser !== undefined, reason)

  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandlot-simulate-html-'))
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await close()
  })

  /** Opens it as a person does who has been sent the file. */
  async function open(result: SimulateResult) {
    const path = join(folder, 'report.html')
    writeFileSync(path, htmlReport(result))
    const context = await browser?.newContext({ viewport: WIDE })
    if (context === undefined) return expect.unreachable('there is a browser')
    const page = await context.newPage()
    const url = pathToFileURL(path).href
    const complaints: string[] = []
    page.on('request', (request) => request.url() !== url && complaints.push(request.url()))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(url)
    await page.evaluate(IN_PAGE)
    return { page, complaints, ask: (question: string) => page.evaluate(`inPage.${question}()`) }
  }

  it('has no plot empty and no text faint, out of place or on other text, in both themes', async () => {
    const { page, ask, complaints } = await open(sampleSimulate())
    for (const size of [WIDE, PHONE]) {
      await page.setViewportSize(size)
      const drawn = (await ask('plots')) as PlotSeen[]
      expect(drawn.map(({ id }) => id)).toEqual(PLOTS)
      for (const plot of drawn) expect(plot, plot.id).toSatisfy(isNotEmpty)
      expect(await ask('overflowing')).toEqual([])
      expect(await ask('colliding')).toEqual([])
      expect(await ask('overhang')).toBe(0)
      await page.emulateMedia({ colorScheme: 'light' })
      expect(await ask('faint')).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await ask('faint')).toEqual([])
      expect(await ask('brightness')).toBeLessThan(0.05)
    }
    expect(complaints).toEqual([])
  })

  it('has no plot of what there is to trade with one policy, and tells figures under the pointer', async () => {
    const sample = sampleSimulate()
    const { page, ask } = await open({ ...sample, policies: sample.policies.slice(0, 1) })
    const drawn = (await ask('plots')) as PlotSeen[]
    expect(drawn.map(({ id }) => id)).toEqual(PLOTS.slice(2))
    expect(await ask('colliding')).toEqual([])
    await page.locator('#sandboxes svg.wide .hit').nth(40).hover()
    await expect
      .poll(() => page.locator('#tip').textContent())
      .toMatch(/^fixed:1m, [\d.]+ to [\d.]+ hours\n\d+ sandboxes\n\d+ in flight$/)
  })
})

const PLOTS = ['pareto', 'pareto-functions', 'sandboxes', 'starts', 'latency', 'function-shares']
