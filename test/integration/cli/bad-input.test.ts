import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fixture, sandlot } from './run-sandlot.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandlot-cli-bad-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(join(folder, 'greet.mjs'), 'export const handler = async () => 1\n')
writeFileSync(join(folder, 'greet.py'), 'def handler(event, context): pass\n')
writeFileSync(join(folder, 'broken.mjs'), 'export const handler = async ( => 1\n')
writeFileSync(join(folder, 'broken.ts'), 'export const handler = async (event: ) => 1\n')
writeFileSync(join(folder, 'event.json'), '{"a": }')

/** A folder with a template of this text. */
function withTemplate(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  writeFileSync(join(path, 'template.yaml'), text)
  return path
}

const notYaml = withTemplate('not-yaml', 'Resources: [\n')
const good = withTemplate(
  'good',
  'Resources:\n  greet:\n    Type: AWS::Serverless::Function\n    Properties: { Handler: greet.handler, CodeUri: .. }\n',
)
const twins = withTemplate(
  'twins',
  `Resources:
  one:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: same, Handler: a.handler }
  two:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: same, Handler: b.handler }
`,
)

const HELP = (command: string): string =>
  `\n         Run 'sandlot ${command}--help' for what is allowed.`

/** What is typed, what it answers after `sandlot: `, and the folder where it is typed. */
const cases: [string[], string | RegExp, string?][] = [
  // The target.
  [['invoke', 'nope.mjs'], 'Handler file not found: nope.mjs'],
  [['invoke', 'gret.mjs'], "Handler file not found: gret.mjs (did you mean 'greet.mjs'?)"],
  [['bench', 'nope/nope.ts'], 'Handler file not found: nope/nope.ts'],
  [['invoke', 'nope.handler'], /^Handler file not found: nope\{\.js,.*\} in \/.*bad-\w+$/],
  [
    ['invoke', 'greet.py'],
    'Handler file greet.py: its name must end in .js .mjs .cjs .ts .mts .cts',
  ],
  [['invoke', 'src/'], /^Bad handler 'src\/': write 'path\/module\.export'/],
  [
    ['invoke', 'gret'],
    "'gret' is neither a handler file nor a function of template.yaml (did you mean 'greet'?)\n         Functions there: greet",
    good,
  ],
  [
    ['bench', 'nobody'],
    "'nobody' is neither a handler file nor a function of the samples that ship with Sandlot\n         Functions there: hello, process, api, scheduled, error",
  ],
  [
    ['invoke', fixture('lacks.mjs')],
    "Handler not found: lacks.mjs must export 'handler' or a default export; it exports 'main'",
  ],
  [['invoke', 'broken.mjs'], /^broken\.mjs:1:\d+: ./],
  [['bench', 'broken.ts'], /^broken\.ts:1:\d+: ./],
  // The template.
  [['invoke', 'hello'], /^template\.yaml:\d+: not YAML: ./, notYaml],
  [
    ['bench', 'one'],
    /^template\.yaml:\d+: two: FunctionName 'same' is taken by one already/,
    twins,
  ],
  // The event.
  [['invoke', 'greet.mjs', '-e', 'nope'], /^--event is not JSON: ./],
  [['invoke', 'greet.mjs', '-e', '{\n"a"\n'], /^--event is not JSON: [^\n]+$/],
  [['bench', 'greet.mjs', '-e', '@event.json'], /^--event in event\.json is not JSON: ./],
  [['invoke', 'greet.mjs', '-e', '-'], /^--event from standard input is not JSON: ./],
  [
    ['invoke', 'greet.mjs', '-e', '@nope.json'],
    '--event @nope.json cannot be read: there is no such file',
  ],
  // The options.
  [
    ['invoke', 'greet.mjs', '--memory', '127'],
    '--memory 127: must be a whole number from 128 to 10240 MB',
  ],
  [
    ['bench', 'greet.mjs', '--memory', '10241'],
    '--memory 10241: must be a whole number from 128 to 10240 MB',
  ],
  [
    ['invoke', 'greet.mjs', '--timeout', '0'],
    '--timeout 0: must be a whole number from 1 to 900 seconds',
  ],
  [
    ['bench', 'greet.mjs', '--timeout', '901'],
    '--timeout 901: must be a whole number from 1 to 900 seconds',
  ],
  [['invoke', 'greet.mjs', '-n', '-3'], '-n -3: must be a whole number from 1 to 1000000'],
  [['invoke', 'greet.mjs', '--isolation', 'vm'], "--isolation vm: must be 'process' or 'thread'"],
  [['invoke', 'greet.mjs', '--env', 'COLOUR'], '--env COLOUR: must be written as NAME=value'],
  [
    ['invoke', 'greet.mjs', '--env', 'AWS_REGION=x'],
    /^Function 'greet': environment AWS_REGION: reserved/,
  ],
  [
    ['bench', 'greet.mjs', '--cold', '-1', '--warm', '-1'],
    '--cold -1: must be a whole number from 1 to 1000000; --warm -1: must be a whole number from 0 to 1000000',
  ],
  [
    ['bench', 'greet.mjs', '--isolation', 'process,vm'],
    "--isolation process,vm: must be 'process' or 'thread'",
  ],
  [
    ['bench', 'greet.mjs', '--memory', '128,127'],
    '--memory 128,127: must be a whole number from 128 to 10240 MB',
  ],
  [['bench', 'greet.mjs', 'greet.mjs'], "'greet.mjs' is named twice"],
  [
    ['bench', 'greet.mjs', '--json', 'nope/result.json'],
    '--json nope/result.json cannot be written: there is no such folder',
  ],
  [
    ['bench'],
    'There is nothing to measure\n         Name handler files or functions, or measure the samples with --demo.',
  ],
  // The command line itself.
  [['invok'], `unknown command 'invok' (Did you mean invoke?)${HELP('')}`],
  [['invoke'], `missing required argument 'function|file'${HELP('invoke ')}`],
  [['invoke', 'greet.mjs', '--nope'], `unknown option '--nope'${HELP('invoke ')}`],
]

describe.concurrent('bad input', { timeout: 60_000 }, () => {
  it.each(cases)('%j is refused before anything starts', async (args, says, cwd = folder) => {
    const run = await sandlot(args, { cwd })
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr.startsWith('sandlot: ')).toBe(true)
    const text = run.stderr.slice('sandlot: '.length)
    if (typeof says === 'string') expect(text).toBe(says)
    else expect(text).toMatch(says)
    expect(text).not.toMatch(/\n\s+at /)
  })

  it('shows where an error comes from on request', async () => {
    const run = await sandlot(['invoke', 'nope.mjs'], { cwd: folder, env: { SANDLOT_DEBUG: '1' } })
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toMatch(/^sandlot: Handler file not found: nope\.mjs\n[\s\S]*\n\s+at /)
  })
})
