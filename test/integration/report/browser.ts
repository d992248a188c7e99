import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

export interface StartedBrowser {
  /** `undefined`: none here, or it does not start. */
  readonly browser: Browser | undefined
  /** Why not. */
  readonly reason: string
  /** Ends the browser and removes all that it has written. */
  readonly close: () => Promise<void>
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** The system's Chromium, with a home and a profile that are gone afterwards. */
export async function startBrowser(): Promise<StartedBrowser> {
  const executablePath = executable()
  if (executablePath === undefined) {
    return { browser: undefined, reason: 'needs Chromium', close: async () => undefined }
  }
  const home = mkdtempSync(join(tmpdir(), 'sandlot-browser-'))
  const removeHome = () => rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  try {
    const browser = await chromium.launch({
      executablePath,
      // Pages of our own only; Chromium's sandbox needs rights that tests may lack.
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
    })
    const close = async (): Promise<void> => {
      await browser.close()
      removeHome()
    }
    return { browser, reason: '', close }
  } catch (error) {
    removeHome()
    const [reason] = String(error).split('\n')
    return { browser: undefined, reason: `Chromium: ${reason}`, close: async () => undefined }
  }
}

function executable(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
