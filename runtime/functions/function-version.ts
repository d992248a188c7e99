import type { FunctionConfig } from './function-config.ts'

/** A function as it can be run: its configuration, and its code prepared for loading. */
export interface FunctionVersion {
  readonly config: FunctionConfig
  /** `$LATEST`, or a published number. */
  readonly version: string
  /** Of the function for `$LATEST`; of the version for a published one. */
  readonly arn: string
  readonly code: PreparedCode
}

/** Code that a bootstrap can load as it is: nothing is transpiled on the cold path. */
export interface PreparedCode {
  /** Directory that the handler string is relative to, a real path; the sandbox's working directory. */
  readonly rootDir: string
  /** Absolute path of the module to load. */
  readonly modulePath: string
  readonly moduleFormat: 'module' | 'commonjs'
  readonly exportPath: readonly string[]
  /** A plain file path was given: a default export will do as well. */
  readonly allowDefaultExport: boolean
  /** The module was bundled from TypeScript and carries a source map. */
  readonly sourceMaps: boolean
  /** The folder that the module lies in, alone, where it is a bundle and not the source. */
  readonly bundlePath?: string
  /** Absolute paths of the folders that a bundle loads packages from when it runs. */
  readonly packageFolders?: readonly string[]
  /** SHA-256 of the code, base64: a new value is a new version of the function. */
  readonly sha256: string
}
