/**
 * Each moment belongs to the module that began last and has not ended. What two modules wait for at
 * once, at their top level, belongs to the later one.
 */
export const WATCH = `
const Module = require('node:module')
const { fileURLToPath } = require('node:url')
const { readFileSync } = require('node:fs')
const { dirname, join } = require('node:path')
// What the hooks' own thread needs is there before anything is watched.
const isThreaded = plan.moduleFormat === 'module' && Module.register !== undefined
const { MessageChannel, receiveMessageOnPort } = isThreaded ? require('node:worker_threads') : {}
const records = new Map()
const running = []
const imports = []
let since = now()

const settle = () => {
  const time = now()
  const top = running[running.length - 1]
  if (top !== undefined) top.selfMs += time - since
}
let importsBeforeEntry
const begin = (id, kind) => {
  settle()
  if (id === plan.entryPath && plan.moduleFormat === 'module') {
    drain()
    importsBeforeEntry ??= imports.length
  }
  let record = records.get(id)
  if (record === undefined) {
    const within = running.length === 0 ? null : running[running.length - 1].id
    record = { id, kind, within, selfMs: 0, compileMs: 0 }
    records.set(id, record)
  }
  running.push(record)
  since = now()
}
const end = (id) => {
  settle()
  const place = running.findLastIndex((record) => record.id === id)
  if (place >= 0) running.splice(place, 1)
  since = now()
}

// Own files of a bundle follow each other, and may be run by one another.
let file = null
const enterFile = (name) => {
  if (file !== null) end(file)
  file = plan.bundle.files[name]
  begin(file, 'module')
}
const leaveFiles = () => {
  if (file !== null) end(file)
  file = null
}
const wrap = (helper) => (parts, ...rest) => {
  const [name] = Object.getOwnPropertyNames(parts)
  const run = parts[name]
  const id = plan.bundle.files[name] ?? name
  const watched = function (...given) {
    begin(id, 'module')
    try {
      return run.apply(this, given)
    } finally {
      end(id)
    }
  }
  return helper({ [name]: watched }, ...rest)
}
const hook = Symbol.for('sandlot.modules')
Object.defineProperty(globalThis, hook, { value: { begin, end, enterFile, leaveFiles, wrap } })
const marks = "globalThis[Symbol.for('sandlot.modules')]"

// Node's own modules, where they are required: to have them in memory.
const loadAny = Module._load
Module._load = function (request) {
  if (typeof request !== 'string' || !isBuiltin(request)) return loadAny.apply(this, arguments)
  const id = builtinId(request)
  begin(id, 'commonjs')
  try {
    return loadAny.apply(this, arguments)
  } finally {
    end(id)
  }
}
const { isBuiltin } = Module
const builtinId = (name) => 'node:' + name.replace(/^node:/, '')

// CommonJS: what a file takes is its reading, compiling and running.
const loadModule = Module.prototype.load
Module.prototype.load = function (path) {
  begin(path, 'commonjs')
  watchRequired(path)
  try {
    return loadModule.apply(this, arguments)
  } finally {
    end(path)
  }
}
const compile = Module.prototype._compile
Module.prototype._compile = function (content, path, ...rest) {
  const isBundle = plan.bundle !== null && path === plan.modulePath
  if (!isBundle && path !== plan.entryPath) return compile.call(this, content, path, ...rest)
  const body = path + BODY
  try {
    return compile.call(this, isBundle ? plan.bundle.text : begunIn(content, body), path, ...rest)
  } finally {
    isBundle ? leaveFiles() : end(body)
  }
}
const BODY = '#body'
const STRICT = /^(?:\\s|\\/\\/.*\\n|\\/\\*[^]*?\\*\\/)*(['"])use strict\\1/
const begunIn = (content, id) => {
  const directive = STRICT.test(content.replace(/^#!.*/, '')) ? "'use strict';" : ''
  const begins = marks + '.begin(' + stringify(id) + ", 'commonjs');"
  return directive + begins + content.replace(/^#!.*/, '')
}

// ES modules: what a file takes is the running of its body; all its imports have run before.
const pathOf = (url) => fileURLToPath(url.replace(/[?#].*$/, ''))
const marked = (path, source) => {
  if (plan.bundle !== null && path === plan.modulePath) {
    return plan.bundle.text + '\\n;' + marks + '.leaveFiles();'
  }
  const id = stringify(path)
  const text = typeof source === 'string' ? source : Buffer.from(source).toString()
  const begins = marks + '.begin(' + id + ", 'module');"
  return begins + text.replace(/^#!.*/, '') + '\\n;' + marks + '.end(' + id + ');'
}
const withMarks = (url, loaded) => {
  const isOurs = loaded.format === 'module' && loaded.source != null && url.startsWith('file:')
  return isOurs ? { ...loaded, source: marked(pathOf(url), loaded.source) } : loaded
}
const imported = ({ importer, url }) => {
  if (!importer?.startsWith('file:')) return
  if (url.startsWith('file:')) imports.push([pathOf(importer), pathOf(url)])
  if (url.startsWith('node:')) imports.push([pathOf(importer), url])
}
// What the hooks' own thread has told comes when it is asked for.
let drain = () => {}
const watchFromThread = () => {
  const { port1, port2 } = new MessageChannel()
  port1.unref()
  const program = [
    "import { fileURLToPath } from 'node:url'",
    'let port',
    'const { stringify } = JSON',
    'const plan = ' + stringify({ bundle: plan.bundle, modulePath: plan.modulePath }),
    'const marks = ' + stringify(marks),
    'const pathOf = ' + pathOf,
    'const marked = ' + marked,
    'const withMarks = ' + withMarks,
    'export const initialize = (given) => { port = given }',
    'export const resolve = async (specifier, context, next) => {',
    '  const found = await next(specifier, context)',
    '  port.postMessage({ importer: context.parentURL, url: found.url })',
    '  return found',
    '}',
    'export const load = async (url, context, next) => withMarks(url, await next(url, context))',
  ].join('\\n')
  Module.register('data:text/javascript,' + encodeURIComponent(program), {
    data: port2,
    transferList: [port2],
  })
  drain = () => {
    for (let each = receiveMessageOnPort(port1); each; each = receiveMessageOnPort(port1)) {
      imported(each.message)
    }
  }
}
const watchFromHere = () =>
  Module.registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      imported({ importer: context.parentURL, url: found.url })
      return found
    },
    load(url, context, next) {
      const loaded = next(url, context)
      // Without a source, what is imported is loaded in the way that is watched above.
      const isImported = loaded.format === 'commonjs' && !context.conditions?.includes('require')
      return isImported ? { ...loaded, source: null } : withMarks(url, loaded)
    },
  })

// Hooks in this thread slow down CommonJS, the other ones see nothing that it requires: so these come
// only when a script requires an ES module.
let isWatched = plan.moduleFormat === 'module'
if (isWatched) isThreaded ? watchFromThread() : watchFromHere()
const watchRequired = (path) => {
  if (isWatched || Module.registerHooks === undefined || !isEsModule(path)) return
  isWatched = true
  watchFromHere()
}
const isEsModule = (path) => /\\.mjs$/.test(path) || (/\\.js$/.test(path) && isInModulePackage(path))
const isInModulePackage = (path) => {
  const folder = dirname(path)
  if (folder === path) return false
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).type === 'module'
  } catch {
    return isInModulePackage(folder)
  }
}

// The reading and compiling of ES modules cannot be watched where it happens: it is done once more.
const compileOnceMore = (SourceTextModule, record) => {
  if (record.kind !== 'module') return
  if (Object.values(plan.bundle?.files ?? {}).includes(record.id)) return
  try {
    const begun = now()
    const text = readFileSync(record.id, 'utf8')
    const read = now()
    // Text that V8 has compiled before costs nothing, so this must be another.
    const other = text + '\\n// ' + begun
    const ready = now()
    new SourceTextModule(other, { identifier: 'sandlot:' + record.id })
    record.compileMs = read - begun + now() - ready
  } catch {
    // The record has no such part then.
  }
}

const result = () => {
  const loaded = [...records.values()]
  drain()
  const entry = records.get(plan.entryPath + BODY) ?? records.get(plan.entryPath)
  const importsMore = importsBeforeEntry !== undefined && imports.length > importsBeforeEntry
  const initCodeMs = entry === undefined || importsMore ? null : entry.selfMs
  // Required only now: the handler's code may have been the first to need it.
  const { SourceTextModule } = require('node:vm')
  // The first one costs more, whatever it is.
  if (SourceTextModule !== undefined) {
    new SourceTextModule('')
    for (const record of loaded) compileOnceMore(SourceTextModule, record)
  }
  return { records: loaded, imports, initCodeMs }
}
`
