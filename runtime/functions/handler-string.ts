import { SandlotError } from '../kernel/errors.ts'

/** Endings of files that can hold a handler, in the order in which they are looked for. */
export const HANDLER_EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'] as const

export interface HandlerReference {
  /** Path of the module relative to the code root, without its ending unless `isFile`. */
  readonly modulePath: string
  /** The exports to walk to the handler. */
  readonly exportPath: readonly string[]
  /** The string is the path of a file; its handler is the export `handler`, or the default. */
  readonly isFile: boolean
}

/**
 * Takes a handler string apart: `path/module.export`, where dots in the export lead into nested
 * objects, or simply the path of a file.
 * Source: aws-lambda-nodejs-runtime-interface-client 3.x, `UserFunction.js`; its error is
 * `Runtime.MalformedHandlerName`, here it is found before anything starts.
 *
 * @throws SandlotError `InvalidHandler`.
 */
export function parseHandler(handler: string): HandlerReference {
  if (HANDLER_EXTENSIONS.some((extension) => handler.endsWith(extension))) {
    return { modulePath: handler, exportPath: ['handler'], isFile: true }
  }
  if (handler.includes('..')) {
    throw new SandlotError(
      'InvalidHandler',
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    )
  }
  const slash = handler.lastIndexOf('/')
  const match = /^([^.]*)\.(.+)$/.exec(handler.slice(slash + 1))
  const [, moduleName, exported] = match ?? []
  if (!moduleName || exported === undefined || exported.endsWith('.')) {
    throw new SandlotError(
      'InvalidHandler',
      `Bad handler '${handler}': write 'path/module.export' or the path of a file (${HANDLER_EXTENSIONS.join(' ')})`,
    )
  }
  const modulePath = handler.slice(0, slash + 1) + moduleName
  return { modulePath, exportPath: exported.split('.'), isFile: false }
}
