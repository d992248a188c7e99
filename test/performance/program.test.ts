import { afterEach, describe, expect, it } from 'vitest'
import { type Program, startProgram } from './program.ts'

const TSX = ['--import', import.meta.resolve('tsx')]
const programs: Program[] = []

afterEach(async () => {
  for (const program of programs.splice(0)) await program.end()
})

function start(name: string): Program {
  const program = startProgram(name, { nodeArgs: TSX })
  programs.push(program)
  return program
}

const post = (url: string, body: string): Promise<Response> => fetch(url, { method: 'POST', body })

describe('a program of a measurement', () => {
  it('answers until it is told to end, and then nothing of it is left', async () => {
    const server = start('echo-server.ts')
    const url = await server.ask<string>({})
    expect(await (await post(url, '{"name":"x"}')).json()).toEqual({ hello: 'x' })
    expect(await server.ask<string>({})).toBe(url)
    await server.end()
    await expect(post(url, '{}')).rejects.toThrow('fetch failed')
    await server.end()
    await expect(server.ask({})).rejects.toThrow('echo-server.ts has ended: 0')
  })

  it('says why it cannot answer, and answers the next question', async () => {
    const [client, server] = [start('http-client.ts'), start('echo-server.ts')]
    const origin = await server.ask<string>({})
    const order = { clients: 2, warmUpCalls: 1, until: { calls: 10 } }
    const nowhere = { origin: 'http://127.0.0.1:1', path: '/', ...order }
    await expect(client.ask(nowhere)).rejects.toThrow(/^http-client\.ts: Error: connect /)
    const report = await client.ask<{ readonly calls: number }>({ origin, path: '/', ...order })
    expect(report.calls).toBeGreaterThanOrEqual(10)
  })
})
