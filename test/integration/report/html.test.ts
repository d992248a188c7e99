import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { BenchResult } from '../../../cli/measure/results/bench-result.ts'
import { htmlReport } from '../../../cli/report/html/html-report.ts'
import { sampleInvalidLoad, sampleLoad } from '../../support/sample-load.ts'
import { sampleBench, sampleTune } from '../../support/sample-results.ts'
import { skipUnless } from '../../support/skip-unless.ts'
import { startBrowser } from './browser.ts'
import { IN_PAGE } from './in-page.ts'

const { browser, reason, close } = await startBrowser()

const REPORTS = {
  'a benchmark': {
    result: sampleBench(),
    plots: [
      'comparison-plot',
      'ecdf',
      'percentiles',
      'cold-phases',
      'warm-phases',
      'import-parts',
      'modules-0',
      'modules-2',
      'cold-runs',
      'warm-runs',
    ],
  },
  'a load test': { result: sampleLoad(), plots: ['time-series', 'percentiles', 'ecdf'] },
  'a sweep': { result: sampleTune(), plots: ['memory-curve', 'trade'] },
}

const WIDE = { width: 1_200, height: 900 }
const PHONE = { width: 360, height: 780 }

describe('the HTML report in a browser', () => {
  skipUnless(browser !== undefined, reason)

  let folder: string
  const pages: Page[] = []
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandlot-html-'))
  })
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.context().close()))
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await close()
  })

  /** Opens it as a person does who has been sent the file. */
  async function open(html: string, colorScheme: 'light' | 'dark' = 'light') {
    const path = join(folder, 'report.html')
    writeFileSync(path, html)
    const context = await browser?.newContext({ colorScheme, viewport: WIDE })
    if (context === undefined) return expect.unreachable('there is a browser')
    const page = await context.newPage()
    pages.push(page)
    const requests: string[] = []
    const problems: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(String(error)))
    const url = pathToFileURL(path).href
    await page.goto(url)
    await page.evaluate(IN_PAGE)
    const ask = (question: string) => page.evaluate(`inPage.${question}()`)
    return { page, ask, problems, fetched: () => requests.filter((each) => each !== url) }
  }

  it.each(Object.entries(REPORTS))(
    'shows %s with no plot empty and no text faint, out of place or on other text, in both themes',
    async (_name, { result, plots }) => {
      const { page, ask, problems, fetched } = await open(htmlReport(result))
      for (const size of [WIDE, PHONE]) {
        await page.setViewportSize(size)
        const drawn = (await ask('plots')) as PlotSeen[]
        expect(drawn.map(({ id }) => id)).toEqual(plots)
        for (const plot of drawn) expect(plot, plot.id).toSatisfy(isNotEmpty)
        expect(await ask('overflowing')).toEqual([])
        expect(await ask('colliding')).toEqual([])
        expect(await ask('overhang')).toBe(0)
        await page.emulateMedia({ colorScheme: 'light' })
        expect(await ask('faint')).toEqual([])
        expect(await ask('brightness')).toBeGreaterThan(0.9)
        await page.emulateMedia({ colorScheme: 'dark' })
        expect(await ask('faint')).toEqual([])
        expect(await ask('brightness')).toBeLessThan(0.05)
      }
      expect({ problems, fetched: fetched() }).toEqual({ problems: [], fetched: [] })
    },
  )

  it('says loudly that a load test is invalid, and that it was not completed', async () => {
    const { page, ask } = await open(htmlReport(sampleInvalidLoad()), 'dark')
    const banner = page.locator('[data-notice=invalid]')
    expect(await banner.textContent()).toMatch(/INVALID RUN.*fell behind.*112\/s of the 140\/s/s)
    expect((await banner.boundingBox())?.height).toBeGreaterThan(100)
    expect(await page.locator('[data-notice=incomplete]').isVisible()).toBe(true)
    expect(await page.locator('[data-notice=differences]').isVisible()).toBe(true)
    expect(await ask('faint')).toEqual([])
  })

  it('takes the theme that the reader chooses over that of the system', async () => {
    const { page, ask } = await open(htmlReport(sampleTune()), 'dark')
    const button = page.locator('#theme')
    await button.click()
    expect(await button.textContent()).toBe('Theme: light')
    expect(await ask('brightness')).toBeGreaterThan(0.9)
    await button.click()
    await button.click()
    expect(await ask('brightness')).toBeLessThan(0.05)
  })

  it('tells the figures of the second that the pointer is over', async () => {
    const { page } = await open(htmlReport(sampleLoad()))
    const second = page.locator('#time-series svg.wide .hit').nth(40)
    await second.hover()
    const crosshair = page.locator('#time-series svg.wide .crosshair')
    await expect.poll(() => crosshair.getAttribute('visibility')).toBe('visible')
    expect(await page.locator('#tip').textContent()).toMatch(/^second 40\n\d+\/s sent/)
  })

  it('hands out the result that it was made from', async () => {
    const result = sampleTune()
    const { page } = await open(htmlReport(result))
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#download').click(),
    ])
    const text = readFileSync(await download.path(), 'utf8')
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(result)))
  })

  it('runs nothing of what hostile names say, and still fits a phone', async () => {
    const hostile =
      '</script><script>document.title = "owned"</script><img src=x onerror=alert(1)>"\''
    const { page, ask, problems, fetched } = await open(
      htmlReport(named(`${hostile}${'x'.repeat(200)}`)),
    )
    await page.setViewportSize(PHONE)
    expect(await page.title()).toContain('Cold and warm')
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.locator('h1').textContent()).toContain('<img src=x onerror=alert(1)>"\'')
    expect(await ask('overflowing')).toEqual([])
    expect(await ask('overhang')).toBe(0)
    expect({ problems, fetched: fetched() }).toEqual({ problems: [], fetched: [] })
  })
})

interface PlotSeen {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly shapes: number
  readonly ticks: number
}

const isNotEmpty = ({ width, height, shapes, ticks }: PlotSeen): boolean =>
  width > 300 && height > 120 && shapes >= 2 && ticks >= 3

function named(name: string): BenchResult {
  const result = sampleBench({ runs: 2 })
  return {
    ...result,
    warnings: [name],
    variants: result.variants.map((variant) => ({
      ...variant,
      target: name,
      label: name,
      build: name,
      failures: { [name]: 1 },
      modules: [{ name, totalMs: 3, selfMs: 1 }],
    })),
  }
}
