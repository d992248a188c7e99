import type { Said } from '../program.ts'

/**
 * Answers what the parent asks until the parent ends or has had enough; then ends in order. Ctrl-C
 * reaches all processes of a terminal: the parent hears it too.
 */
export function answerQuestions<Question>(
  answer: (question: Question) => Promise<unknown>,
  end: () => Promise<void> = async () => undefined,
): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  process.once('disconnect', () => void end().finally(() => process.exit()))
  process.on('message', (question: Question) => {
    answer(question).then(
      (given) => say({ answer: given }),
      (error: unknown) => say({ failed: error instanceof Error ? `${error.stack}` : `${error}` }),
    )
  })
}

function say(said: Said): void {
  if (process.connected) process.send?.(said)
}
