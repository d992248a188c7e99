/** The library: a local AWS Lambda for a test suite or a tool. */
export { type Confinement, createEmulator, type Emulator } from './emulator.ts'
export type { EmulatorOptions } from './emulator-options.ts'
export type { Allocation, ProvisionedConcurrency } from './functions/concurrency-settings.ts'
export type { PublishInput, VersionRecord } from './functions/deployed-function.ts'
export type { AliasInput, FunctionAlias } from './functions/function-alias.ts'
export type { FunctionConfig, FunctionInput } from './functions/function-config.ts'
export type { FunctionVersion } from './functions/function-version.ts'
export type { Finding } from './host/isolation/findings.ts'
export type { IsolationMode } from './host/isolation/machine.ts'
export type { InvokeInput, InvokeResult, OutcomeKind, StartReason } from './invoke/invocation.ts'
export type { SandboxView } from './invoke/sandbox-views.ts'
export {
  type ErrorCode,
  isSandlotError,
  SandlotError,
  type ThrottleReason,
} from './kernel/errors.ts'
export type { AccountLimit } from './scheduler/account-limit-policy.ts'
export type { Phase, PhaseName } from './telemetry/phases.ts'
export type { PlatformEvent, Report } from './telemetry/platform-events.ts'
