import { Command } from 'commander'
import { reportError } from './exit-codes.ts'
import { packageVersion } from './package-version.ts'

type Register = (program: Command) => void

/** In the order of the help text. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  invoke: async () => (await import('./commands/invoke.ts')).registerInvoke,
  bench: async () => (await import('./commands/bench.ts')).registerBench,
  load: async () => (await import('./commands/load.ts')).registerLoad,
  tune: async () => (await import('./commands/tune.ts')).registerTune,
  simulate: async () => (await import('./commands/simulate.ts')).registerSimulate,
  cost: async () => (await import('./commands/cost.ts')).registerCost,
  compare: async () => (await import('./commands/compare.ts')).registerCompare,
  serve: async () => (await import('./commands/serve.ts')).registerServe,
  limits: async () => (await import('./commands/limits.ts')).registerLimits,
  ps: async () => (await import('./commands/ps.ts')).registerPs,
  metrics: async () => (await import('./commands/metrics.ts')).registerMetrics,
  warm: async () => (await import('./commands/warm.ts')).registerWarm,
  evict: async () => (await import('./commands/evict.ts')).registerEvict,
}

const program = new Command('sandlot')
  .description('A local AWS Lambda that runs handlers in real sandboxes. No Docker.')
  .version(packageVersion(), '-v, --version')
  .exitOverride()
  // What is wrong is said once, by `reportError`.
  .configureOutput({ outputError: () => undefined })
  .addHelpText(
    'after',
    `
Examples:
  sandlot invoke handlers/hello.ts -e '{"name":"x"}'    run a handler once, cold
  sandlot invoke hello -n 3                             a function of template.yaml: one cold, two warm
  sandlot bench hello --isolation process,thread        cold against warm, measured
  sandlot simulate --rate 200 --duration 10m            cold starts and throttles in virtual time
  sandlot serve                                         the functions of template.yaml over HTTP

Exit codes: 0 success, 1 emulator failure, 2 bad input, 3 function error, 4 timeout, 5 throttled,
            6 assertion failed
SANDLOT_DEBUG=1 shows where an error comes from, NO_COLOR=1 switches colours off.`,
  )

// Whoever reads the output may have seen enough: `sandlot … | head` is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  for (const register of await commandsFor(process.argv[2])) register(program)
  await program.parseAsync()
} catch (error) {
  process.exitCode = reportError(error, process.argv[2])
}

/** Only the command that is asked for is loaded; help and mistakes have to know them all. */
function commandsFor(word = ''): Promise<Register[]> {
  if (word === '-v' || word === '--version') return Promise.resolve([])
  const load = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined
  const loads = load === undefined ? Object.values(COMMANDS) : [load]
  return Promise.all(loads.map((each) => each()))
}
