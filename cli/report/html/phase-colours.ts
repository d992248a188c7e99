import { type SeriesColour, seriesColour } from './theme.ts'

/** The same phase has the same colour in every bar. Only two that never share a bar share a colour. */
const COLOURS: Readonly<Record<string, SeriesColour>> = {
  queued: 's8',
  spawned: 's1',
  booted: 's3',
  initialised: 's4',
  'module load': 's4',
  'init code': 's5',
  thawed: 's5',
  dispatched: 's6',
  ran: 's2',
  delivered: 's7',
}

/** @param index its place among the phases: the colour of one that is not known. */
export const phaseColour = (name: string, index: number): SeriesColour =>
  COLOURS[name] ?? seriesColour(index)
