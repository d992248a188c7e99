import { Command, CommanderError } from 'commander'
import { registerBench } from './commands/bench.ts'
import { registerEvict } from './commands/evict.ts'
import { registerInvoke } from './commands/invoke.ts'
import { registerPs } from './commands/ps.ts'
import { registerServe } from './commands/serve.ts'
import { EXIT, exitCodeOf, messageOf } from './exit-codes.ts'
import { packageVersion } from './package-version.ts'

const program = new Command('sandlot')
  .description('A local AWS Lambda that runs handlers in real sandboxes. No Docker.')
  .version(packageVersion())
  .showHelpAfterError('(add --help for what is allowed)')
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  sandlot invoke handlers/hello.ts -e '{"name":"x"}'     run a handler once, cold
  sandlot bench hello --cold 20 --warm 1000              cold against warm, measured
  sandlot serve                                          the functions of template.yaml over HTTP

Exit codes: 0 success, 1 emulator failure, 2 bad input, 3 function error, 4 timeout, 5 throttled`,
  )

for (const register of [registerInvoke, registerBench, registerServe, registerPs, registerEvict]) {
  register(program)
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said it already; help and version are no errors.
    process.exitCode = error.exitCode === 0 ? EXIT.success : EXIT.badInput
  } else {
    console.error(messageOf(error))
    process.exitCode = exitCodeOf(error)
  }
}
