import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeProject, type Serving } from './serving.ts'

const project = makeProject({
  'template.yaml': `Resources:
  greet:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: greet_handler, Handler: main.greet }
  wait:
    Type: AWS::Serverless::Function
    Properties: { Handler: main.wait }
  broken:
    Type: AWS::Serverless::Function
    Properties: { Handler: broken.handler }
`,
  'broken.mjs': 'export const handler = () => {}\nthrow new Error("no init")',
  'main.mjs': `
export const greet = async () => ({})
export const wait = ({ ms }) => new Promise((resolve) => setTimeout(resolve, ms, { ms }))
`,
})

let server: Serving
beforeAll(async () => {
  server = await project.serve('--memory-budget', '2GB')
})
afterAll(() => project.remove())

/** A command that talks to the server. */
const ask = (...args: string[]) => project.run(...args, '--port', server.port)

/** As the server tells them. */
async function sandboxes(): Promise<{ id: string; functionName: string }[]> {
  const answer = await fetch(`${server.url}/_sandlot/sandboxes`)
  return ((await answer.json()) as { sandboxes: { id: string; functionName: string }[] }).sandboxes
}

const evictAll = () => fetch(`${server.url}/_sandlot/evict`, { method: 'POST', body: '{}' })

describe('sandlot ps, evict and warm', { timeout: 60_000 }, () => {
  it('ps says that there are no sandboxes', async () => {
    expect(await ask('ps')).toEqual({ exitCode: 0, stdout: 'No sandboxes', stderr: '' })
    expect(await ask('ps', '--json')).toEqual({ exitCode: 0, stdout: '[]', stderr: '' })
    expect((await ask('evict')).stdout).toBe('0 sandboxes evicted')
  })

  it('ps lists sandboxes', async () => {
    await (await server.invoke('greet')).text()
    await (await server.invoke('wait', { ms: 0 })).text()
    const { exitCode, stdout } = await ask('ps')
    expect(exitCode).toBe(0)
    const [heads, ...rows] = stdout.split('\n')
    expect(heads).toMatch(
      /^sandbox +function +version +held +state +served +age +idle +pid +peak memory$/,
    )
    const row = (name: string) =>
      expect.stringMatching(
        new RegExp(
          `^[0-9a-f]{8}  ${name} +\\$LATEST +– +(ready|freezing|frozen) +1 +[\\d.]+ s +[\\d.]+ s +\\d+ +\\d+ MB$`,
        ),
      )
    expect(rows).toEqual([row('greet_handler'), row('wait')])
  })

  it('ps lists them as JSON for a script', async () => {
    const { exitCode, stdout } = await ask('ps', '--json')
    expect(exitCode).toBe(0)
    const common = {
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      version: '$LATEST',
      isolation: 'process',
      initializationType: 'on-demand',
      state: expect.stringMatching(/^(ready|freezing|frozen)$/),
      invocations: 1,
      ageMs: expect.any(Number),
      idleMs: expect.any(Number),
      pid: expect.any(Number),
      peakMemoryMb: expect.any(Number),
    }
    expect(JSON.parse(stdout)).toEqual([
      { functionName: 'greet_handler', ...common },
      { functionName: 'wait', ...common },
    ])
  })

  it('evict stops the sandboxes of one function, by either name, or all', async () => {
    expect((await ask('evict', 'greet')).stdout).toBe('1 sandbox evicted')
    const left = JSON.parse((await ask('ps', '--json')).stdout)
    expect(left).toMatchObject([{ functionName: 'wait' }])
    await (await server.invoke('greet')).text()
    expect((await ask('evict', '--json')).stdout).toBe('{"evicted":2}')
    expect((await ask('ps')).stdout).toBe('No sandboxes')
    await (await server.invoke('greet')).text()
    expect((await ask('evict', 'greet_handler')).stdout).toBe('1 sandbox evicted')
  })

  it('evict stops one sandbox, by the beginning of its id', async () => {
    for (const name of ['greet', 'wait']) await (await server.invoke(name)).text()
    const gone = (await sandboxes()).find(({ functionName }) => functionName === 'wait')
    const id = gone?.id ?? ''
    expect((await ask('evict', '--sandbox', id.slice(0, 12))).stdout).toBe('1 sandbox evicted')
    expect(await sandboxes()).toMatchObject([{ functionName: 'greet_handler' }])
    const refusals = await Promise.all([
      ask('evict', '--sandbox', id),
      ask('evict', '--sandbox', 'x1'),
      ask('evict', 'greet', '--sandbox', 'a1'),
    ])
    expect(refusals.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2])
    expect(refusals.map(({ stderr }) => stderr)).toEqual([
      `sandlot: No sandbox has an id that begins with '${id}'\n         'sandlot ps' lists them.`,
      "sandlot: --sandbox x1: must be the id of a sandbox, or its beginning: 'sandlot ps' has them",
      'sandlot: --sandbox names one sandbox, whatever its function: leave that out',
    ])
    await evictAll()
  })

  it('warm keeps sandboxes ready, and ps says so', async () => {
    const ready = { exitCode: 0, stdout: '2 of 2 sandboxes ready', stderr: '' }
    expect(await ask('warm', 'greet', '2')).toEqual(ready)
    expect((await ask('ps')).stdout).toMatch(
      /greet_handler +\$LATEST +kept warm +(ready|freezing|frozen) +0 /,
    )
    expect((await ask('warm', 'greet', '0')).stdout).toBe('None is kept warm any more')
    await evictAll()
  })

  it('warm says why there are none', async () => {
    const [failed, tooMany, noNumber] = await Promise.all([
      ask('warm', 'broken', '1'),
      ask('warm', 'greet', '10000'),
      ask('warm', 'greet', 'many'),
    ])
    expect(failed).toMatchObject({
      exitCode: 3,
      stdout: '0 of 1 sandbox ready: FUNCTION_ERROR_INIT_FAILURE',
    })
    expect(tooMany).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /^sandlot: Kept warm 10000: 10000 sandboxes of \d+ MB each are more than this machine holds: its sandboxes may take 2048 MB, of which others take \d+ MB$/,
      ),
    })
    expect(noNumber).toMatchObject({
      exitCode: 2,
      stderr: 'sandlot: <count> many: must be a whole number from 0 to 10000',
    })
  })

  it('evict names an unknown function and those that there are', async () => {
    const refused = {
      exitCode: 2,
      stdout: '',
      stderr:
        "sandlot: Function not found: arn:aws:lambda:us-east-1:000000000000:function:gret:$LATEST\n         Deployed are: greet, wait, broken (did you mean 'greet'?).",
    }
    expect(await ask('evict', 'gret')).toEqual(refused)
    expect(await ask('evict', 'gret', '--json')).toEqual(refused)
  })

  it.each(['ps', 'evict'])('%s refuses a port that no server can have', async (command) => {
    expect(await project.run(command, '--port', '0')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'sandlot: --port 0: must be a whole number from 1 to 65535',
    })
  })
})

const START_ONE = "Start one with 'sandlot serve', or name its port with --port."
const OTHER_PORT = "Name the port of 'sandlot serve' with --port."

describe.concurrent('sandlot ps and evict, without a server', { timeout: 60_000 }, () => {
  const others: Server[] = []
  afterAll(() => {
    for (const other of others) other.close()
  })

  async function listen(other: Server): Promise<number> {
    others.push(other)
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    return (other.address() as AddressInfo).port
  }

  async function refusal(command: string, port: number) {
    const { exitCode, stdout, stderr } = await project.run(command, '--port', String(port))
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    return stderr
  }

  it('say that none answers', async () => {
    const other = createServer()
    const port = await listen(other)
    await new Promise((resolve) => other.close(resolve))
    for (const command of ['ps', 'evict']) {
      expect(await refusal(command, port)).toBe(
        `sandlot: No server answers on port ${port}\n         ${START_ONE}`,
      )
    }
  })

  const pages: [string, RequestListener][] = [
    ['a page', (_request, response) => response.end('<h1>Hello</h1>')],
    ['other JSON', (_request, response) => response.end('{"sandboxes":7,"evicted":"all"}')],
    ['404', (_request, response) => response.writeHead(404).end('Not found')],
    ['half an answer', (_request, response) => response.write('{', () => response.destroy())],
  ]
  it.each(pages)('say that another program answers: with %s', async (_what, listener) => {
    const port = await listen(createHttpServer(listener))
    expect(await refusal('ps', port)).toBe(
      `sandlot: What answers on port ${port} is not a Sandlot server\n         ${OTHER_PORT}`,
    )
  })

  it('say that another program answers: evict, too', async () => {
    const port = await listen(createHttpServer((_request, response) => response.end('{}')))
    expect(await refusal('evict', port)).toBe(
      `sandlot: What answers on port ${port} is not a Sandlot server\n         ${OTHER_PORT}`,
    )
  })

  it('say that another program answers: not in HTTP', async () => {
    const port = await listen(createServer((socket) => socket.end('220 mail.example ESMTP\r\n')))
    expect(await refusal('ps', port)).toBe(
      `sandlot: What answers on port ${port} is not a Sandlot server\n         ${OTHER_PORT}`,
    )
  })

  it('do not wait for ever for one that does not answer', async () => {
    const port = await listen(createServer(() => undefined))
    expect(await refusal('ps', port)).toBe(
      `sandlot: What listens on port ${port} has not answered within 10 seconds\n         ${OTHER_PORT}`,
    )
  })
})
