/** One line of Prometheus's text format. */
export interface Scraped {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Takes a scrape apart, strictly: what Prometheus would not read throws. */
export function scraped(text: string): Scraped[] {
  const types = new Set<string>()
  return text.split('\n').flatMap((line): Scraped[] => {
    if (line === '' || /^# HELP [a-zA-Z_:][\w:]* \S/.test(line)) return []
    const [, typed] =
      /^# TYPE ([a-zA-Z_:][\w:]*) (?:counter|gauge|histogram|summary)$/.exec(line) ?? []
    if (typed !== undefined) {
      if (types.has(typed)) throw new Error(`two types of ${typed}`)
      types.add(typed)
      return []
    }
    const [, name, labels = '', value] =
      /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?[\d.]+(?:e[+-]?\d+)?)$/.exec(line) ?? []
    const pairs = [...labels.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/g)]
    if (name === undefined || pairs.map(([whole]) => whole).join('') !== labels) {
      throw new Error(`not Prometheus's text format: ${line}`)
    }
    const base = name.replace(/_(bucket|sum|count)$/, '')
    if (!types.has(name) && !types.has(base)) throw new Error(`no type before ${line}`)
    const entries = pairs.map(([, label = '', text = '']) => [label, text])
    return [{ name, labels: Object.fromEntries(entries), value: Number(value) }]
  })
}

/** The value of one; `undefined` where it is not there. */
export const figureOf = (
  all: readonly Scraped[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined =>
  all.find(
    (each) =>
      each.name === name &&
      Object.entries(labels).every(([label, text]) => each.labels[label] === text),
  )?.value
