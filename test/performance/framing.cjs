// Frames as the baselines' two ends write and read them: a JSON header and a payload, each way the
// least that has to be done. Not Sandlot's own code, which is what is measured.

exports.frameOf = (header, payload) => {
  const json = Buffer.from(JSON.stringify(header))
  const frame = Buffer.allocUnsafe(8 + json.length + payload.length)
  frame.writeUInt32BE(4 + json.length + payload.length, 0)
  frame.writeUInt32BE(json.length, 4)
  json.copy(frame, 8)
  payload.copy(frame, 8 + json.length)
  return frame
}

/** Calls back with each header and payload, both parsed, as soon as they are complete. */
exports.readFrames = (socket, onFrame) => {
  let rest = Buffer.alloc(0)
  socket.on('data', (piece) => {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
      const end = 4 + rest.readUInt32BE(0)
      const payloadStart = 8 + rest.readUInt32BE(4)
      const header = JSON.parse(rest.toString('utf8', 8, payloadStart))
      const payload = JSON.parse(rest.toString('utf8', payloadStart, end))
      rest = rest.subarray(end)
      onFrame(header, payload)
    }
  })
}
