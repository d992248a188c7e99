import type { Clock, TimerHandle } from '../../kernel/clock.ts'
import { SandlotError } from '../../kernel/errors.ts'
import type { Space } from './space.ts'

/** A used spare is replaced at the latest after this, unless a quieter moment comes before. */
const REFILL_AFTER_US = 250_000

interface Shelf {
  /** Made, or being made. */
  spare: Promise<Space> | undefined
  timer: TimerHandle | undefined
}

/**
 * Keeps one space ready for each key, so that a start need not wait for mounts and control groups. A
 * used one is not replaced at once, when the start that has used it still needs the machine. They are
 * made one after the other. A burst of starts finds one spare; the others are made when asked for.
 */
export class SparePool<Key extends object> {
  readonly #clock: Clock
  readonly #make: (key: Key) => Promise<Space>
  readonly #shelves = new Map<Key, Shelf>()
  #line: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(clock: Clock, make: (key: Key) => Promise<Space>) {
    this.#clock = clock
    this.#make = make
  }

  /** Keeps one ready from now on. */
  add(key: Key): void {
    if (this.#shelves.has(key)) return
    this.#shelves.set(key, { spare: undefined, timer: undefined })
    void this.refill(key)
  }

  async take(key: Key): Promise<Space> {
    if (this.#isClosed) throw closed()
    const shelf = this.#shelves.get(key)
    const spare = shelf?.spare
    if (shelf === undefined || spare === undefined) return this.#make(key)
    shelf.spare = undefined
    shelf.timer ??= this.#clock.setTimer(this.#clock.nowUs() + REFILL_AFTER_US, () => {
      void this.refill(key)
    })
    // What failed then may be possible now; if not, whoever asks must hear of it.
    return spare.catch(() => this.#make(key))
  }

  /** Makes what is missing; resolves when it is there, or cannot be made. */
  async refill(key: Key): Promise<void> {
    const shelf = this.#shelves.get(key)
    if (shelf === undefined || this.#isClosed) return
    shelf.timer?.cancel()
    shelf.timer = undefined
    shelf.spare ??= this.#inLine(() => this.#make(key))
    await shelf.spare.catch(() => {})
  }

  /** Keeps none for these any more. */
  forget(matches: (key: Key) => boolean): void {
    for (const [key, shelf] of this.#shelves) {
      if (!matches(key)) continue
      this.#shelves.delete(key)
      void discard(shelf)
    }
  }

  /** Makes nothing any more. */
  end(): void {
    this.#isClosed = true
  }

  async close(): Promise<void> {
    this.end()
    const shelves = [...this.#shelves.values()]
    this.#shelves.clear()
    await Promise.all(shelves.map(discard))
    await this.#line
  }

  #inLine(make: () => Promise<Space>): Promise<Space> {
    const made = this.#line.then(() => {
      if (this.#isClosed) throw closed()
      return make()
    })
    this.#line = made.catch(() => {})
    return made
  }
}

/** One that cannot be made is none. */
async function discard({ spare, timer }: Shelf): Promise<void> {
  timer?.cancel()
  await spare?.then(
    (space) => space.remove(),
    () => {},
  )
}

const closed = (): SandlotError =>
  new SandlotError('Closing', 'The emulator is closing and takes no more work.')
