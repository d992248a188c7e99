import { type Random, seededRandom } from '../../../runtime/kernel/random.ts'
import { seedPng } from './seed-png.ts'
import { emptyStore, type StoreContent } from './store-server.ts'

const SEED = 1
const UPLOAD_BYTES = 1_048_576
const TEXTS = 20
const TEXT_WORDS = 3_000
const NOTES = 25

const WORDS =
  'sand castle water bucket shovel tide wave harbour boat rope knot sail wind cloud rain summer stone shell'.split(
    ' ',
  )

/** What the workloads find in the store: the same every time, on every machine. */
export function seededStore(): StoreContent {
  const random = seededRandom(SEED)
  const { objects, tables } = emptyStore()
  objects.set('uploads/report.bin', Buffer.from(random.hex(UPLOAD_BYTES), 'hex'))
  objects.set('photos/beach.png', seedPng(640, 480, SEED))
  for (let text = 1; text <= TEXTS; text += 1) {
    objects.set(`texts/${numbered(text)}.txt`, Buffer.from(textOf(random)))
  }
  const notes = new Map<string, string>()
  for (let note = 1; note <= NOTES; note += 1) {
    const id = `note-${numbered(note)}`
    notes.set(id, JSON.stringify({ id, title: `Note ${note}`, text: wordsOf(random, 40) }))
  }
  tables.set('notes', notes)
  return { objects, tables }
}

const numbered = (number: number): string => String(number).padStart(2, '0')

const textOf = (random: Random): string =>
  wordsOf(random, TEXT_WORDS).replace(/((?:\S+ ){12})/g, '$1\n')

const wordsOf = (random: Random, count: number): string =>
  Array.from({ length: count }, () => WORDS[Math.floor(random.next() * WORDS.length)]).join(' ')
