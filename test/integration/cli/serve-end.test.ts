import { afterAll, describe, expect, it } from 'vitest'
import { makeProject, type Project } from './serving.ts'

const projects: Project[] = []
afterAll(async () => {
  for (const project of projects) await project.remove()
})

const TEMPLATE = `Resources:
  wait:
    Type: AWS::Serverless::Function
    Properties: { Handler: main.wait, Timeout: 900 }
`

/** Says that it runs, and answers after so long. */
const HANDLERS = `
export const wait = ({ ms }) => {
  console.log('waits')
  return new Promise((resolve) => setTimeout(resolve, ms, { waited: true }))
}
`

function project(): Project {
  const made = makeProject({ 'template.yaml': TEMPLATE, 'main.mjs': HANDLERS })
  projects.push(made)
  return made
}

const FOREVER_MS = 800_000

describe.concurrent('the end of sandlot serve', { timeout: 60_000 }, () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'comes in order with %s, exit code 0',
    async (signal) => {
      const server = await project().serve()
      await (await server.invoke('wait', { ms: 0 })).text()
      server.kill(signal)
      expect(await server.ended).toMatchObject({ exitCode: 0, stderr: '' })
      expect(server.output()).toMatch(/ {2}closing; a second signal ends it at once\n$/)
      await expect(fetch(server.url)).rejects.toThrow()
    },
  )

  it('waits for running invocations, also when one press of Ctrl-C comes twice', async () => {
    const server = await project().serve()
    const answer = server.invoke('wait', { ms: 500 })
    await server.says('waits')
    server.kill('SIGINT')
    server.kill('SIGINT')
    expect(await (await answer).json()).toMatchObject({ waited: true })
    expect(await server.ended).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('does not wait for ever: who waits is told', async () => {
    const server = await project().serve()
    const answer = server.invoke('wait', { ms: FOREVER_MS })
    await server.says('waits')
    server.kill('SIGTERM')
    const { status, headers } = await answer
    expect(status).toBe(503)
    expect(headers.get('x-amzn-errortype')).toBe('ServiceException')
    expect(await server.ended).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('comes at once with a second %s, exit code %i', async (signal, exitCode) => {
    const server = await project().serve()
    const answer = server.invoke('wait', { ms: FOREVER_MS }).catch((error: unknown) => error)
    await server.says('waits')
    server.kill(signal)
    await server.says('closing')
    // One that follows too fast is the same press of a key.
    const press = setInterval(() => server.kill(signal), 100)
    void server.ended.then(() => clearInterval(press))
    expect(await server.ended).toMatchObject({ exitCode, stderr: '' })
    expect(await answer).toBeInstanceOf(Error)
  })

  it('by force frees the port for the next one', async () => {
    const place = project()
    const killed = await place.serve()
    const answer = killed.invoke('wait', { ms: FOREVER_MS }).catch((error: unknown) => error)
    await killed.says('waits')
    killed.kill('SIGKILL')
    await killed.ended
    expect(await answer).toBeInstanceOf(Error)
    const next = await place.serve('--port', killed.port)
    expect(next.port).toBe(killed.port)
    expect(await (await next.invoke('wait', { ms: 0 })).json()).toMatchObject({ waited: true })
  })
})
