// Loaded ahead of a program that is not ours, so that it ends when whoever started it does.
const { isMainThread } = require('node:worker_threads')

if (isMainThread) process.once('disconnect', () => process.exit())
