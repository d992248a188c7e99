/**
 * The colours of a report, by name. Text of every colour stands out from `page` and `panel` by 4.5 to 1,
 * and `on` from every series; neighbours in the list of series differ for people who see two colours.
 */
export type Theme = Readonly<Record<ThemeColour, string>>

export type ThemeColour =
  | 'page'
  | 'panel'
  | 'ink'
  | 'muted'
  | 'rule'
  | 'grid'
  | 'link'
  | 'on'
  | 'good'
  | 'good-ground'
  | 'bad'
  | 'bad-ground'
  | 'note'
  | 'note-ground'
  | SeriesColour

export type SeriesColour = `s${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`

export const LIGHT: Theme = {
  page: '#ffffff',
  panel: '#f5f6f8',
  ink: '#15191e',
  muted: '#59616b',
  rule: '#d9dde2',
  grid: '#e8ebee',
  link: '#0a5ea8',
  on: '#ffffff',
  good: '#0a6e58',
  'good-ground': '#e7f5f0',
  bad: '#b3201b',
  'bad-ground': '#fdecea',
  note: '#7a5200',
  'note-ground': '#fdf4e0',
  s1: '#0a62b0',
  s2: '#bf4708',
  s3: '#0b7563',
  s4: '#8a3a9c',
  s5: '#7d5f00',
  s6: '#b3226b',
  s7: '#4650b5',
  s8: '#56606b',
}

export const DARK: Theme = {
  page: '#101317',
  panel: '#181c21',
  ink: '#e7eaee',
  muted: '#a2abb5',
  rule: '#30363d',
  grid: '#242a30',
  link: '#7cbcf7',
  on: '#0e1114',
  good: '#5fd3b3',
  'good-ground': '#10271f',
  bad: '#ff9189',
  'bad-ground': '#341512',
  note: '#ecc25f',
  'note-ground': '#2c2208',
  s1: '#6cb4f7',
  s2: '#ff9c66',
  s3: '#4fcfb3',
  s4: '#d69deb',
  s5: '#e2c050',
  s6: '#ff8fc0',
  s7: '#a9b4ff',
  s8: '#adb6c0',
}

const SERIES_COLOURS: readonly SeriesColour[] = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8']

/** From the ninth on they repeat: labels tell series apart, colours only help. */
export const seriesColour = (index: number): SeriesColour =>
  SERIES_COLOURS[index % SERIES_COLOURS.length] as SeriesColour
