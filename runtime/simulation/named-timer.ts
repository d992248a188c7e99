import type { EventHeap } from './event-heap.ts'

/**
 * A timer that may be set again, which replaces it, or cleared. It has at most one entry in the heap,
 * or two while it is set for earlier than before: set for later, it leaves its entry where it is, and
 * when that comes up it is entered again with the instant and the order of its setting.
 */
export interface NamedTimer {
  atUs: number
  /** The place in order of its setting; 0: it is not set. */
  order: number
  entryAtUs: number
  /** Of its entry in the heap; 0: it has none. */
  entryOrder: number
}

export interface TimerSetting {
  readonly atUs: number
  readonly order: number
  /** Of its entry in the heap. */
  readonly code: number
}

export const newNamedTimer = (): NamedTimer => ({
  atUs: 0,
  order: 0,
  entryAtUs: 0,
  entryOrder: 0,
})

export function setNamedTimer(heap: EventHeap, named: NamedTimer, setting: TimerSetting): void {
  const { atUs, order, code } = setting
  named.atUs = atUs
  named.order = order
  if (named.entryOrder === 0 || atUs < named.entryAtUs) enter(heap, named, code)
}

export function clearNamedTimer(named: NamedTimer): void {
  named.order = 0
}

/** Its entry has come up: whether it fires now, and was not cleared or set for later. */
export function takeNamedTimer(
  heap: EventHeap,
  named: NamedTimer,
  entryOrder: number,
  code: number,
): boolean {
  if (named.entryOrder !== entryOrder) return false
  named.entryOrder = 0
  if (named.order === 0) return false
  if (named.order !== entryOrder) {
    enter(heap, named, code)
    return false
  }
  named.order = 0
  return true
}

function enter(heap: EventHeap, named: NamedTimer, code: number): void {
  named.entryAtUs = named.atUs
  named.entryOrder = named.order
  heap.add(named.atUs, named.order, code)
}
