import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeProject, type Project, type Serving } from './serving.ts'

const projects: Project[] = []
afterAll(async () => {
  for (const project of projects) await project.remove()
})

function project(files: Readonly<Record<string, string>>): Project {
  const made = makeProject(files)
  projects.push(made)
  return made
}

const resource = (id: string, properties: string): string =>
  `  ${id}:\n    Type: AWS::Serverless::Function\n    Properties: { ${properties} }\n`

const HANDLERS = `
export const greet = async ({ name }) => {
  console.log(\`greets \${name}\`)
  console.warn('once\\ntwice')
  process.stdout.write('as it is\\n')
  return { greeting: \`Hello, \${name}\` }
}
export const fail = async () => {
  throw Object.assign(new TypeError('no luck'), { code: 'E_LUCK' })
}
export const hang = async () => { for (;;); }
export const wait = ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, { ms }))
`

const TEMPLATE = `Resources:
${resource('greet', 'FunctionName: greet_handler, Handler: main.greet, Tracing: Active')}${resource('fail', 'Handler: main.fail, MemorySize: 256, Timeout: 7')}${resource('wait', 'Handler: main.wait, ReservedConcurrentExecutions: 2')}`

const files = { 'template.yaml': TEMPLATE, 'main.mjs': HANDLERS }

const recordsOf = ({ output }: Serving): Record<string, unknown>[] =>
  output()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

describe.concurrent('sandlot serve', { timeout: 60_000 }, () => {
  it('begins with what it serves, where, and how to try it', async () => {
    const server = await project(files).serve()
    await server.says('Ctrl-C ends it.')
    expect(server.output()).toBe(`
  Sandlot serves 3 functions on ${server.url}
  template.yaml

  function  name           handler     memory  timeout  reserved
  greet     greet_handler  main.greet  128 MB      3 s         –
  fail      fail           main.fail   256 MB      7 s         –
  wait      wait           main.wait   128 MB      3 s         2

  account concurrency is 1,000

  curl -d '{}' ${server.url}/lambda/greet
  aws lambda invoke --endpoint-url ${server.url} --function-name greet out.json

  Ctrl-C ends it.

`)
    server.kill('SIGTERM')
    expect((await server.ended).stderr).toBe(
      "sandlot: template.yaml:4: greet: 'Tracing' is not supported yet and is ignored",
    )
  })

  it('serves the samples where there is no template, and says so', async () => {
    const server = await project({}).serve('--isolation', 'thread')
    await server.says('Ctrl-C ends it.')
    const [, , source = '', , heads = '', first = ''] = server.output().split('\n')
    expect(source).toBe('  no template.yaml here: these are the samples that ship with Sandlot')
    expect(heads).toMatch(/^ {2}function +name +handler +memory +timeout +sandbox$/)
    expect(first).toMatch(/^ {2}hello +hello_world_handler +hello\.handler +128 MB +3 s +thread$/)
    const answer = await server.invoke('hello', { name: 'thread' })
    expect(await answer.json()).toMatchObject({ statusCode: 200 })
  })

  it('says when the machine holds fewer invocations than were asked for', async () => {
    const server = await project(files).serve('--concurrency', '1000000')
    await server.says(
      / {2}account concurrency is [\d,]+ instead of 1,000,000: that is what [\d,]+ MB of memory hold\n/,
    )
  })

  it('holds the account to its concurrency', async () => {
    // A reservation of more than the account is refused.
    const template = files['template.yaml'].replace(/, ReservedConcurrentExecutions: \d+/, '')
    const server = await project({ ...files, 'template.yaml': template }).serve(
      '--concurrency',
      '1',
    )
    const answers = await Promise.all([1, 2].map(() => server.invoke('wait', { ms: 1_000 })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429])
    const refused = answers.find(({ status }) => status === 429)
    expect(await refused?.json()).toMatchObject({ Reason: 'ConcurrentInvocationLimitExceeded' })
    await server.says('Rate Exceeded. (ConcurrentInvocationLimitExceeded)')
  })

  it('evicts what is idle for too long', async ({ expect }) => {
    const server = await project(files).serve('--keep-alive', 'fixed:1s')
    await server.invoke('greet')
    const idle = async () => (await fetch(`${server.url}/_sandlot/sandboxes`)).json()
    await expect.poll(idle, { timeout: 30_000 }).toEqual({ sandboxes: [] })
  })

  it('replaces sandboxes after so many invocations, and at a certain age', async ({ expect }) => {
    const server = await project(files).serve('--max-invocations', '1', '--max-age', '1h..2h')
    await server.invoke('greet')
    const idle = async () => (await fetch(`${server.url}/_sandlot/sandboxes`)).json()
    await expect.poll(idle, { timeout: 30_000 }).toEqual({ sandboxes: [] })
  })

  it('provisions what the template says, shows it, and invokes it by its alias', async () => {
    const server = await project({
      ...files,
      'template.yaml': `Resources:
  greet:
    Type: AWS::Serverless::Function
    Properties:
      Handler: main.greet
      ReservedConcurrentExecutions: 3
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 }
`,
    }).serve('--seed', '7', '--rates', 'lambda')
    await server.says('provisioned concurrency of version 1 READY: 2 of 2 initialised')
    expect(server.output()).toMatch(/timeout +reserved +provisioned\n.* 3 +live: 2\n/)
    expect((await server.invoke('greet:live', { name: 'x' })).status).toBe(200)
    const listed = (await (await fetch(server.url)).json()) as { functions: unknown[] }
    expect(listed.functions).toMatchObject([
      {
        name: 'greet',
        versions: ['1'],
        aliases: { live: '1' },
        reservedConcurrency: 3,
        provisionedConcurrency: [
          { qualifier: 'live', version: '1', requested: 2, allocated: 2, status: 'READY' },
        ],
      },
    ])
  })

  it('shows what functions print and how each request ended', async () => {
    const server = await project(files).serve()
    const { requestId } = (await (await server.invoke('greet', { name: 'x' })).json()) as {
      requestId: string
    }
    await server.says('POST /lambda/greet\n')
    await server.invoke('fail')
    await server.invoke('fial')
    await server.says('POST /lambda/fial')
    await fetch(`${server.url}/_sandlot/sandboxes`)
    await fetch(server.url)
    await server.says('200  GET /\n')
    const log = server.output().split('Ctrl-C ends it.\n\n')[1] ?? ''
    const shown = log
      .replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, 'HH:MM:SS.mmm')
      .replaceAll(requestId.slice(0, 8), 'greet-id')
      .replaceAll(/\b[0-9a-f]{8}\b/g, 'other-id')
      .replaceAll(/\d+(\.\d+)? ms/g, 'N ms')
      .replaceAll(/(init|duration) [\d.]+/g, '$1 N')
      .replaceAll(/\d+ of (128|256) MB/g, 'N of $1 MB')
      .replaceAll(/at .*main\.mjs:\d+:\d+\)/g, 'at main.mjs')
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:fial:$LATEST'
    expect(shown).toBe(`\
HH:MM:SS.mmm  greet  greet-id  greets x
HH:MM:SS.mmm  greet  greet-id  once
                               twice
HH:MM:SS.mmm  greet  greet-id  as it is
HH:MM:SS.mmm  greet  greet-id  200  cold N ms · init N · duration N · N of 128 MB  POST /lambda/greet
HH:MM:SS.mmm  fail   other-id  Invoke Error: TypeError: no luck
                                   at main.mjs
                               {"code":"E_LUCK"}
HH:MM:SS.mmm  fail   other-id  500  cold N ms · TypeError · init N · duration N · N of 256 MB  POST /lambda/fail
HH:MM:SS.mmm                   404  POST /lambda/fial  Function not found: ${arn}
                               Deployed are: greet, fail, wait.
HH:MM:SS.mmm                   200  GET /
`)
  })

  it('logs JSON lines on request', async () => {
    const server = await project(files).serve('--json')
    await server.invoke('greet', { name: 'x' })
    await server.invoke('fail')
    await server.invoke('fial')
    await server.says('fial')
    server.kill('SIGTERM')
    const { exitCode, stderr } = await server.ended
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const [warning, serving, ...records] = recordsOf(server)
    expect(warning).toMatchObject({ level: 40, msg: expect.stringContaining("'Tracing'") })
    expect(serving).toEqual({
      level: 30,
      time: expect.any(Number),
      url: server.url,
      pid: expect.any(Number),
      functions: ['greet_handler', 'fail', 'wait'],
      accountLimit: { concurrency: 1_000 },
      reaped: { controllers: 0, processes: 0 },
      msg: 'serving',
    })
    const [greets, once, asItIs, greeted, failure, failed, refused, closing] = records
    const invocation = { function: 'greet_handler', requestId: greeted?.requestId }
    expect(greets).toMatchObject({ level: 30, type: 'function', ...invocation })
    expect(greets?.msg).toMatch(/Z\t[0-9a-f-]{36}\tINFO\tgreets x$/)
    expect(once).toMatchObject({ level: 40, ...invocation })
    expect(asItIs).toMatchObject({ level: 30, ...invocation, msg: 'as it is' })
    expect(greeted).toEqual({
      level: 30,
      time: expect.any(Number),
      type: 'request',
      method: 'POST',
      path: '/lambda/greet',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 200,
      delivered: true,
      function: 'greet_handler',
      sandboxId: expect.stringMatching(/^[0-9a-f]{32}$/),
      coldStart: true,
      startReason: 'no sandbox',
      totalMs: expect.any(Number),
      durationMs: expect.any(Number),
      billedDurationMs: expect.any(Number),
      initDurationMs: expect.any(Number),
      memorySizeMb: 128,
      maxMemoryUsedMb: expect.any(Number),
      msg: 'POST /lambda/greet',
    })
    expect(failure).toMatchObject({ level: 50, type: 'function', function: 'fail' })
    expect(failed).toMatchObject({ level: 40, status: 500, errorType: 'TypeError' })
    expect(refused).toMatchObject({
      level: 40,
      status: 404,
      error: expect.stringMatching(/^Function not found: /),
      hint: 'Deployed are: greet, fail, wait.',
    })
    expect(closing).toMatchObject({ level: 30, signal: 'SIGTERM' })
    expect(records).toHaveLength(8)
  })
})

describe.concurrent('sandlot serve, misused', { timeout: 60_000 }, () => {
  const fine = project(files)
  const broken = (template: string, main = HANDLERS): Project =>
    project({ 'template.yaml': template, 'main.mjs': main })
  const twins = `Resources:\n${resource('one', 'FunctionName: same, Handler: main.greet')}${resource('two', 'FunctionName: same, Handler: main.fail')}`
  const withHandler = (handler: string, more = '') =>
    `Resources:\n${resource('greet', `Handler: ${handler}${more === '' ? '' : `, ${more}`}`)}`

  const cases: [string, Project, string[], string | RegExp][] = [
    [
      'a port out of range',
      fine,
      ['--port', '65536'],
      '--port 65536: must be a whole number from 0 to 65535',
    ],
    [
      'options out of range, all of them',
      fine,
      ['--concurrency', '0', '--memory-budget', '1', '--isolation', 'vm', '--rates', 'x'],
      "--isolation vm: must be 'process' or 'thread'; --concurrency 0: must be a whole number from 1 to 1000000; --memory-budget 1: must be an amount of memory such as 512MB or 16GB, from 128MB to 1000000GB; --rates x: must be 'lambda' or 'unlimited'",
    ],
    [
      'how sandboxes are reused and replaced, out of range',
      fine,
      ['--reuse', 'x', '--max-age', '8h..2h', '--max-invocations', '0'],
      "--reuse x: must be 'most-recent' or 'least-recent'; --max-age 8h..2h: must be a time such as 4h, or two such as 2h..8h, from 1s to 336h; --max-invocations 0: must be a whole number from 1 to 1000000",
    ],
    [
      'a policy that there is not',
      fine,
      ['--keep-alive', 'fixed:10d', '--seed', '1'],
      "Keep-alive 'fixed:10d': '10d' must be a time from 1ms to 24h, in ms, s, m or h, such as 'fixed:10m'",
    ],
    [
      'more reserved concurrency than Lambda would give',
      broken(withHandler('main.greet', 'ReservedConcurrentExecutions: 901')),
      [],
      "template.yaml:2: greet: Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    ],
    [
      'more provisioned concurrency than memory for it',
      broken(
        withHandler(
          'main.greet',
          'AutoPublishAlias: live, ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 9 }',
        ),
      ),
      ['--memory-budget', '128MB'],
      'template.yaml:2: greet: ProvisionedConcurrentExecutions 9: 9 sandboxes of 16 MB each are more than this machine holds: its sandboxes may take 128 MB, of which others take 0 MB',
    ],
    ['a template that is missing', fine, ['nope.yaml'], 'Template nope.yaml was not found'],
    [
      'a template that is not YAML',
      broken('Resources: [\n'),
      [],
      /^template\.yaml:\d+: not YAML: [^\n]+$/,
    ],
    [
      'two functions of one name',
      broken(twins),
      [],
      "template.yaml:5: two: FunctionName 'same' is taken by one already; give each function a name of its own",
    ],
    [
      'a handler that is missing',
      broken(withHandler('nope.handler')),
      [],
      /^Handler file not found: nope\{[^\n]+$/,
    ],
    [
      'a handler without the export',
      broken(withHandler('main.nope')),
      [],
      /^Handler not found: main\.mjs must export 'nope'; it exports [^\n]+$/,
    ],
    [
      'a handler with a syntax error',
      broken(withHandler('main.greet'), 'export const greet = async ( => 1\n'),
      [],
      /^main\.mjs:1:\d+: [^\n]+$/,
    ],
  ]

  it.each(cases)('refuses %s before anything starts', async (_what, where, args, says) => {
    const { exitCode, stdout, stderr } = await where.run('serve', '--port', '0', ...args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr.slice('sandlot: '.length)).toEqual(
      typeof says === 'string' ? says : expect.stringMatching(says),
    )
  })

  it('refuses a port in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    const template = join(fine.folder, 'template.yaml')
    const run = await project({}).run('serve', '--port', String(port), template)
    other.close()
    expect(run).toMatchObject({ exitCode: 2, stdout: '' })
    expect(run.stderr).toBe(
      `sandlot: Port ${port} is in use by another program\n         Choose another one with --port, or end the other program.`,
    )
  })
})
