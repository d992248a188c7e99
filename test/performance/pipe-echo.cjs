// What a warm invocation is measured against: sends back what comes in on the inherited pipe.
const { Socket } = require('node:net')

const pipe = new Socket({ fd: 3 })
pipe.on('data', (piece) => pipe.write(piece))
