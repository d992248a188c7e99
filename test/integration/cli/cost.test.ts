import { describe, expect, it } from 'vitest'
import { sandlot } from './run-sandlot.ts'

const TEXTBOOK = ['cost', '--memory', '128', '--duration', '200ms', '--requests', '1000000']

const refusal = async (...more: string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await sandlot([...TEXTBOOK, ...more])
  expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  return stderr
}

describe.concurrent('sandlot cost', { timeout: 60_000 }, () => {
  it("reproduces the textbook's example with decimal GB", async () => {
    const { exitCode, stdout, stderr } = await sandlot([...TEXTBOOK, '--decimal-gb'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/\nduration +25,600 GB-s +× +\$0\.0000166667 +\$0\.4267\n/)
    expect(stdout).toContain('\n$0.43 duration + $0.20 requests = $0.63\n')
    expect(stderr).toBe('')
  })

  it('prints JSON with all that went in', async () => {
    const cold = ['--init', '150ms', '--cold-share', '1%', '--storage', '1024']
    const where = ['--architecture', 'arm64', '--region', 'eu-central-1']
    const { stdout } = await sandlot([...TEXTBOOK, ...cold, ...where, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      region: 'eu-central-1',
      architecture: 'arm64',
      gbSeconds: 25_187.5,
      usage: { billedMs: 201_500_000, ephemeralStorageMb: 1_024 },
      lines: [{ part: 'requests' }, { part: 'duration' }, { part: 'ephemeral storage' }],
      pricesAsOf: '2026-09-19',
      source: 'AWS Price List API, offer AWSLambda',
    })
  })

  it('adds provisioned instances, a month where no hours are named', async () => {
    const run = async (...more: string[]) => {
      const { stdout } = await sandlot([...TEXTBOOK, '--provisioned', '10', ...more, '--json'])
      return JSON.parse(stdout).provisionedUsd as number
    }
    expect(await run()).toBe(await run('--hours', '730'))
  })

  it('names the regions that it knows', async () => {
    const stderr = await refusal('--region', 'mars-north-1')
    expect(stderr).toMatch(
      /^sandlot: No prices are known for region 'mars-north-1'\n +Known: us-east-1, us-east-2, us-west-1, .*, sa-east-1, /,
    )
  })

  it.each([
    [
      ['--memory', '127', '--duration', '901s', '--requests', '1e6', '--storage', '511'],
      '--memory 127: must be a whole number from 128 to 10240 MB; ' +
        '--duration 901s: must be a time up to 900 s, like 200ms or 1.5s; ' +
        '--requests 1e6: must be a whole number from 0 to 1000000000000; ' +
        '--storage 511: must be a whole number from 512 to 10240 MB',
    ],
    [
      ['--init', '1 h', '--cold-share', '101%', '--architecture', 'arm', '--hours', '745'],
      '--init "1 h": must be a time up to 900 s, like 200ms or 1.5s; ' +
        '--cold-share 101%: must be a share up to 100 %, like 1% or 0.01; ' +
        "--architecture arm: must be 'x86_64' or 'arm64'; " +
        '--hours 745: must be a whole number from 1 to 744',
    ],
    [['--init', '1s'], '--init says what a cold start costs: say how many with --cold-share'],
    [['--cold-share', '1%'], '--cold-share says how many start cold: say for how long with --init'],
    [['--hours', '3'], '--hours is for provisioned instances: say how many with --provisioned'],
    [
      ['--provisioned', '1', '--free-tier'],
      "--free-tier does not go with --provisioned\n         AWS's free tier does not cover functions with provisioned concurrency.",
    ],
  ])('refuses %j', async (options, message) => {
    expect(await refusal(...options)).toBe(`sandlot: ${message}`)
  })

  it('says what is missing', async () => {
    const { exitCode, stderr } = await sandlot(['cost', '--memory', '128', '--requests', '1'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain("required option '--duration <time>' not specified")
  })
})
