import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Isolation } from '../../runtime/sandbox/sandbox.ts'
import { type ContractCase, type ContractHost, ContractLab } from './sandbox/contract-lab.ts'
import { endCases } from './sandbox/end-cases.ts'
import { freezeCases } from './sandbox/freeze-cases.ts'
import { invokeCases } from './sandbox/invoke-cases.ts'
import { processCases } from './sandbox/process-cases.ts'
import { startCases } from './sandbox/start-cases.ts'

export interface SandboxContract {
  readonly isolation: Isolation
  /** Makes ready what all sandboxes of the run share. */
  readonly open: () => Promise<ContractHost>
  /** Cases that this kind of sandbox cannot do, each with the reason. */
  readonly cannot?: Readonly<Record<string, string>>
  /** The reason why it cannot do those that only running code can show. */
  readonly runsNoCode?: string
}

const CASES: readonly ContractCase[] = [
  ...startCases,
  ...invokeCases,
  ...endCases,
  ...freezeCases,
  ...processCases,
]

/** The port of `runtime/sandbox/sandbox.ts` as tests: the same for every kind of sandbox. */
export function describeSandboxContract(contract: SandboxContract): void {
  const { isolation, open, cannot = {}, runsNoCode } = contract
  const runsCode = runsNoCode === undefined
  const cases = CASES.filter(([, , needs]) => runsCode || needs !== 'code')

  describe(`a ${isolation} sandbox`, { timeout: 60_000 }, () => {
    let host: ContractHost
    beforeAll(async () => {
      host = await open()
    })
    afterAll(() => host.close())

    for (const [name, run] of cases) {
      it(name, async (context) => {
        const reason = cannot[name]
        context.skip(reason !== undefined, reason)
        const lab = new ContractLab(host, runsCode)
        try {
          await run(lab)
        } finally {
          await lab.close()
        }
      })
    }

    if (!runsCode) {
      const more = CASES.length - cases.length
      it(`runs code, which ${more} further cases need`, (context) => context.skip(runsNoCode))
    }

    it('says of no case that it cannot do it which there is not', () => {
      const names = CASES.map(([name]) => name)
      expect(new Set(names).size).toBe(names.length)
      expect(Object.keys(cannot).filter((name) => !names.includes(name))).toEqual([])
    })
  })
}
