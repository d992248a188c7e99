// Calls a handler through lambda-local, which runs it in the caller's own process. Arguments: the
// folder that it is installed in, and the handler's path.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { timed } from '../figures.ts'
import { medianCall } from '../measurements/median-call.ts'
import { answerQuestions } from './answer-questions.ts'

/** As much of it as is used. */
interface LambdaLocal {
  execute(options: {
    readonly event: object
    readonly lambdaPath: string
    readonly timeoutMs: number
    readonly verboseLevel: number
  }): Promise<unknown>
}

const [folder = '', lambdaPath = ''] = process.argv.slice(2)
const { execute } = createRequire(join(folder, 'package.json'))('lambda-local') as LambdaLocal
const options = { event: { name: 'World' }, lambdaPath, timeoutMs: 60_000, verboseLevel: 0 }

answerQuestions<{ readonly calls: number }>(({ calls }) =>
  medianCall(calls, () => timed(() => execute(options))),
)
