// What HTTP is measured against: node:http with nothing around it that reads a JSON body and answers
// as the handler would.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerQuestions } from './answer-questions.ts'

const server = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const event = JSON.parse(Buffer.concat(pieces).toString('utf8')) as { readonly name?: string }
    const answer = Buffer.from(JSON.stringify({ hello: event.name ?? 'World' }))
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': answer.length,
    })
    response.end(answer)
  })
})
const listening = new Promise<string>((resolve) => {
  server.listen(0, '127.0.0.1', () => {
    resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
})

answerQuestions(() => listening)
