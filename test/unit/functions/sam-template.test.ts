import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readSamTemplate } from '../../../runtime/functions/sam-template.ts'
import { thrown } from './thrown.ts'

const read = (text: string) => readSamTemplate({ text, fileName: 'template.yaml', folder: '/app' })

/** A template with one function `hello`; its first own property is on line 6. */
const withProperties = (...lines: string[]) =>
  [
    'Resources:',
    '  hello:',
    '    Type: AWS::Serverless::Function',
    '    Properties:',
    '      Handler: hello.handler',
    ...lines.map((line) => `      ${line}`),
  ].join('\n')

function refusal(text: string): string {
  const error = thrown(() => read(text))
  expect(error.code).toBe('InvalidParameterValue')
  expect(error.message).not.toContain('\n')
  return error.message
}

const one = (...lines: string[]) => read(withProperties(...lines)).functions[0]

describe('a SAM template', () => {
  it('gives its functions, with Globals merged in', () => {
    const path = new URL('../../fixtures/templates/everything.yaml', import.meta.url)
    expect(read(readFileSync(path, 'utf8'))).toEqual({
      functions: [
        {
          name: 'users_handler',
          logicalId: 'users',
          handler: 'index.handler',
          rootDir: '/app/src/users',
          runtime: 'nodejs22.x',
          memorySizeMb: 256,
          timeoutMs: 30_000,
          ephemeralStorageMb: 1_024,
          environment: { STAGE: 'users', RETRIES: '3', VERBOSE: 'true' },
          reservedConcurrency: 5,
        },
        {
          name: 'report',
          logicalId: 'report',
          handler: 'report.handler',
          rootDir: '/app',
          runtime: 'nodejs22.x',
          memorySizeMb: 512,
          environment: { STAGE: 'test' },
        },
      ],
      priceRegions: {},
      places: {
        users: 'template.yaml:15: users',
        report: 'template.yaml:37: report',
      },
      warnings: [
        "template.yaml:8: Globals.Function: 'Tracing' is not supported yet and is ignored",
        "template.yaml:31: users: 'Role' is not supported yet and is ignored",
        "template.yaml:32: users: 'Events' is not supported yet and is ignored",
        'template.yaml:12: Globals.Function: Environment.Variables.TABLE is !Ref UsersTable, which only CloudFormation can compute; it is not set',
        "template.yaml:39: report: 'Condition' is not supported yet and is ignored",
        'template.yaml:44: train: runtime python3.12 is not supported yet; left out',
        'template.yaml:50: UsersTable: resources of type AWS::DynamoDB::Table are not emulated',
      ],
    })
  })

  it('may be JSON', () => {
    const properties = { Handler: 'a.b' }
    const Resources = { f: { Type: 'AWS::Serverless::Function', Properties: properties } }
    expect(read(JSON.stringify({ Resources })).functions).toMatchObject([{ name: 'f' }])
  })

  it('may use anchors', () => {
    expect(one('MemorySize: &n 256', 'Timeout: *n')).toMatchObject({ timeoutMs: 256_000 })
  })

  it('takes an absolute CodeUri, and one above the template', () => {
    expect(one('CodeUri: /srv/code')?.rootDir).toBe('/srv/code')
    expect(one('CodeUri: ../code')?.rootDir).toBe('/app/../code')
  })

  it.each([
    ['MemorySize', 128, 10_240, 'must be a whole number from 128 to 10240 MB'],
    ['Timeout', 1, 900, 'must be a whole number from 1 to 900 seconds'],
    [
      'ReservedConcurrentExecutions',
      0,
      1_000_000,
      'must be a whole number from 0 to 1000000 invocations at once',
    ],
  ])('takes a %s from %i to %i', (field, least, most, allowed) => {
    for (const value of [least, most]) expect(one(`${field}: ${value}`)).toBeDefined()
    for (const value of [least - 1, most + 1, least + 0.5, 'null', '"many"']) {
      expect(refusal(withProperties(`${field}: ${value}`))).toBe(
        `template.yaml:6: hello: ${field} is ${value}: ${allowed}`,
      )
    }
  })

  it('takes an EphemeralStorage of 512 to 10,240 MB', () => {
    for (const size of [512, 10_240]) {
      expect(one(`EphemeralStorage: {Size: ${size}}`)?.ephemeralStorageMb).toBe(size)
    }
    for (const size of [511, 10_241]) {
      expect(refusal(withProperties(`EphemeralStorage: {Size: ${size}}`))).toBe(
        `template.yaml:6: hello: EphemeralStorage.Size is ${size}: must be a whole number from 512 to 10240 MB`,
      )
    }
  })

  it.each([
    ['Handler2: x', 'Runtime: [a]', 'template.yaml:7: hello: Runtime must be text'],
    [
      '',
      'FunctionName: a.b',
      'template.yaml:7: hello: FunctionName is "a.b": must be 1 to 64 letters, digits, hyphens or underscores',
    ],
    ['', 'Environment: []', 'template.yaml:7: hello: Environment must be a map with Variables'],
    [
      '',
      'EphemeralStorage: 512',
      'template.yaml:7: hello: EphemeralStorage is 512: must be a map with Size',
    ],
    [
      '',
      'CodeUri: s3://bucket/key',
      'template.yaml:7: hello: CodeUri is "s3://bucket/key": must be a folder on this machine',
    ],
    [
      '',
      'CodeUri: {Bucket: b, Key: k}',
      'template.yaml:7: hello: CodeUri must be a folder on this machine',
    ],
    [
      '',
      'Environment: {Variables: {AWS_REGION: x}}',
      'template.yaml:7: hello: Environment.Variables AWS_REGION: reserved, set by the runtime; choose another name',
    ],
    [
      '',
      `Environment: {Variables: {BIG: ${'x'.repeat(4_087)}}}`,
      'template.yaml:7: hello: Environment.Variables takes 4097 bytes as JSON; all variables together may take 4096',
    ],
    [
      '',
      'Environment: {Variables: {LIST: [1]}}',
      'template.yaml:7: hello: Environment.Variables.LIST must be text',
    ],
    ['', 'Handler: again.handler', 'template.yaml:7: not YAML: Map keys must be unique'],
  ])('refuses %s %s', (first, second, message) => {
    expect(refusal(withProperties(first, second))).toBe(message)
  })

  it.each(['!Ref Minutes', '!If [a, 1, 2]', '!FindInMap [a, b, c]', '{Ref: Minutes}'])(
    'refuses a Timeout of %s: it is not known here',
    (value) => {
      expect(refusal(withProperties(`Timeout: ${value}`))).toMatch(
        /^template\.yaml:6: hello: Timeout is (!?\w+( \w+)?), which only CloudFormation can compute: it must be a whole number from 1 to 900 seconds$/,
      )
    },
  )

  it('leaves a variable unset that only CloudFormation can compute', () => {
    const { functions, warnings } = read(
      withProperties(
        'Environment:',
        '  Variables:',
        '    URL: {"Fn::Sub": "https://x"}',
        '    OK: y',
      ),
    )
    expect(functions[0]?.environment).toEqual({ OK: 'y' })
    expect(warnings).toEqual([
      'template.yaml:8: hello: Environment.Variables.URL is Fn::Sub, which only CloudFormation can compute; it is not set',
    ])
  })

  it.each([
    ['Runtime: python3.12', 'runtime python3.12 is not supported yet'],
    ['PackageType: Image', 'container images are not supported yet'],
    ['InlineCode: x', "code in 'InlineCode' is not supported yet"],
  ])('with nothing but a function of %s has nothing to run', (line, why) => {
    expect(refusal(withProperties(line))).toBe(
      `template.yaml: it has no function to run: hello: ${why}`,
    )
  })

  it.each([
    ['', 'template.yaml: not a template: it must be a map'],
    ['- a', 'template.yaml: not a template: it must be a map'],
    ['just text', 'template.yaml: not a template: it must be a map'],
    ['a: 1', 'template.yaml: it has no Resources'],
    ['Resources:', 'template.yaml: it has no Resources'],
    ['Resources: []', 'template.yaml:1: Resources must be a map'],
    ['Resources: {}', 'template.yaml: it has no AWS::Serverless::Function'],
    ['Resources:\n  a:', 'template.yaml:2: a: a resource must be a map with a Type'],
    ['Resources:\n  a: {Typ: x}', 'template.yaml:2: a: a resource must be a map with a Type'],
    [
      'Resources:\n  a: {Type: AWS::Serverless::Function}',
      "template.yaml:2: a: Handler is missing: write 'path/module.export'",
    ],
    [
      `Globals:\n  Function:\n    FunctionName: x\n${withProperties()}`,
      'template.yaml:3: Globals.Function: FunctionName cannot be shared; give it to each function',
    ],
    [
      `Globals:\n  Function:\n    Timeout: 901\n${withProperties()}`,
      'template.yaml:3: Globals.Function: Timeout is 901: must be a whole number from 1 to 900 seconds',
    ],
  ])('is not %j', (text, message) => {
    expect(refusal(text)).toBe(message)
  })

  it('is not what is not YAML', () => {
    expect(refusal('Resources:\n  a: [1')).toMatch(/^template\.yaml:\d: not YAML: Flow sequence in/)
    expect(refusal('a: "x')).toBe('template.yaml:1: not YAML: Missing closing "quote')
    expect(refusal('a: 1\n b: 2')).toMatch(/^template\.yaml:\d: not YAML: /)
  })

  it.each([
    ['FunctionName: same', 'FunctionName: same', "4: b: FunctionName 'same' is taken by a"],
    ['FunctionName: b', 'FunctionName: c', "2: a: FunctionName 'b' is taken by b"],
    ['FunctionName: c', 'FunctionName: a', "4: b: FunctionName 'a' is taken by a"],
  ])('does not name two functions alike: a with %s, b with %s', (first, second, message) => {
    const entry = (id: string, name: string) =>
      `  ${id}:\n    {Type: AWS::Serverless::Function, Properties: {Handler: x.y, ${name}}}\n`
    expect(refusal(`Resources:\n${entry('a', first)}${entry('b', second)}`)).toBe(
      `template.yaml:${message} already; give each function a name of its own`,
    )
  })
})

describe('versions and concurrency in a template', () => {
  const PROVISIONED = 'ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 }'

  it('are read, from the function or from Globals', () => {
    expect(one('AutoPublishAlias: live', PROVISIONED)).toMatchObject({
      autoPublishAlias: 'live',
      provisionedConcurrency: 2,
    })
    const globals = `Globals:\n  Function:\n    AutoPublishAlias: live\n    ${PROVISIONED}\n`
    expect(read(`${globals}${withProperties()}`).functions[0]).toMatchObject({
      autoPublishAlias: 'live',
      provisionedConcurrency: 2,
    })
    const { warnings } = read(withProperties('AutoPublishAlias: live', PROVISIONED))
    expect(warnings).toEqual([])
  })

  it('may be an alias alone: each deployment is published', () => {
    const { autoPublishAlias, provisionedConcurrency } = one('AutoPublishAlias: live') ?? {}
    expect({ autoPublishAlias, provisionedConcurrency }).toEqual({ autoPublishAlias: 'live' })
  })

  it.each([
    [
      [PROVISIONED],
      'template.yaml:6: hello: To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function',
    ],
    [
      ['AutoPublishAlias: "1"'],
      'template.yaml:6: hello: AutoPublishAlias is "1": must be 1 to 128 letters, digits, hyphens or underscores, and not digits alone',
    ],
    [
      ['AutoPublishAlias: !Ref Stage'],
      'template.yaml:6: hello: AutoPublishAlias is !Ref Stage, which only CloudFormation can compute: it must be text',
    ],
    [
      ['AutoPublishAlias: live', 'ProvisionedConcurrencyConfig: 2'],
      'template.yaml:7: hello: ProvisionedConcurrencyConfig is 2: must be a map with ProvisionedConcurrentExecutions',
    ],
    [
      ['AutoPublishAlias: live', PROVISIONED.replace('2', '0')],
      'template.yaml:7: hello: ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions is 0: must be a whole number from 1 to 1000000 invocations at once',
    ],
  ])('are refused: %j', (lines, says) => {
    expect(refusal(withProperties(...lines))).toBe(says)
  })
})

describe('the region whose prices count for a function in a template', () => {
  const withRegion = (value: string) =>
    `${withProperties()}\n    Metadata: { Sandlot: { PriceRegion: ${value} } }`

  it('is the one that its metadata names, under its logical id, and no property of the function', () => {
    const { functions, priceRegions, warnings } = read(withRegion('eu-west-1'))
    expect(priceRegions).toEqual({ hello: 'eu-west-1' })
    expect(functions).toEqual(read(withProperties()).functions)
    expect(warnings).toEqual([])
    expect(read(withProperties()).priceRegions).toEqual({})
  })

  it('is named as AWS names regions', () => {
    for (const value of ['Ireland', 'eu_west_1', '7', '[eu-west-1]']) {
      expect(refusal(withRegion(value))).toBe(
        'template.yaml:6: hello: Metadata.Sandlot.PriceRegion must be a region, like eu-west-1',
      )
    }
  })
})

describe('the network of a function in a template', () => {
  const withNetwork = (value: string) =>
    `${withProperties()}\n    Metadata: { Sandlot: { Network: ${value} } }`

  it("is this machine's, or none where its metadata says so", () => {
    expect(one()?.network).toBeUndefined()
    expect(read(withNetwork('none')).functions[0]?.network).toBe('none')
    expect(read(withNetwork('none')).warnings).toEqual([])
  })

  it('is nothing else', () => {
    expect(refusal(withNetwork('vpc'))).toBe(
      "template.yaml:6: hello: Metadata.Sandlot.Network must be 'host' or 'none'",
    )
  })

  it('is not that of a VPC, and that is said', () => {
    const { functions, warnings } = read(withProperties('VpcConfig: { SubnetIds: [a] }'))
    expect(functions).toHaveLength(1)
    expect(warnings).toEqual([
      "template.yaml:6: hello: VpcConfig: subnets and security groups are not emulated; the function has this machine's network (Metadata.Sandlot.Network: none leaves it loopback only)",
    ])
  })
})
