// What a warm invocation is measured against: takes framed messages on the inherited socket and
// answers each with one.
const { Socket } = require('node:net')
const { frameOf, readFrames } = require('./framing.cjs')

const socket = new Socket({ fd: 3 })

readFrames(socket, ({ requestId }, event) => {
  const answer = Buffer.from(JSON.stringify({ hello: event.name }))
  socket.write(frameOf({ type: 'response', requestId }, answer))
})
