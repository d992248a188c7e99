import type { HeldPool, SandboxRecord, VersionState } from './sandbox-record.ts'
import type {
  SandboxTimer,
  SchedulerAction,
  SchedulerTimer,
  VersionTimer,
} from './scheduler-events.ts'

/** What the parts of the core share while they answer one event: the instant, and what is to be done. */
export class Turn {
  nowUs = 0
  /** No sandbox is started ahead of demand any more. */
  isClosing = false
  /** Pools of which a sandbox came, went or changed: they are tended to before the turn ends. */
  readonly disturbed = new Set<HeldPool>()
  #actions: SchedulerAction[] = []

  begin(nowUs: number): void {
    this.nowUs = nowUs
    this.#actions = []
  }

  /** What is to be done, in this order. */
  end(): SchedulerAction[] {
    return this.#actions
  }

  do(action: SchedulerAction): void {
    this.#actions.push(action)
  }

  setTimer(timer: SchedulerTimer, atUs: number): void {
    this.do({ type: 'setTimer', timer, atUs })
  }

  setVersionTimer({ facts, armed }: VersionState, kind: VersionTimer['kind'], atUs: number): void {
    armed.add(kind)
    this.setTimer({ kind, versionKey: facts.key }, atUs)
  }

  clearTimer({ id }: SandboxRecord, kind: SandboxTimer['kind']): void {
    this.do({ type: 'clearTimer', timer: { kind, sandboxId: id } })
  }
}
