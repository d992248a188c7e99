// What a cold start is measured against: loads the handler, calls it, writes one byte. An ES module as
// the entry would start later.
const { writeSync } = require('node:fs')

import(process.argv[2]).then(async ({ handler }) => {
  await handler({})
  writeSync(1, '.')
})
