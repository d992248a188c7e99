/** Names that are ours: a function that prints one of them gets another. */
const OURS = /^(aws_lambda|sandlot)_/

/**
 * The name of a custom metric as Prometheus allows it: `Shop/Orders`, `Placed` becomes
 * `Shop_Orders_Placed`. Source: Prometheus documentation, "Data model".
 */
export function metricName(namespace: string, name: string): string {
  const text = allowed(`${namespace}_${name}`)
  return OURS.test(text) ? `custom_${text}` : text
}

/** One label for each dimension, in their order; those that would become the same are numbered. */
export function labelNames(dimensions: readonly string[]): string[] {
  const taken = new Set<string>()
  return dimensions.map((dimension) => {
    const label = allowed(dimension)
    let free = label
    for (let number = 2; taken.has(free); number += 1) free = `${label}_${number}`
    taken.add(free)
    return free
  })
}

/** Letters, digits and underscores, no digit first; two underscores at the beginning are Prometheus's. */
const allowed = (text: string): string =>
  text
    .replaceAll(/[^A-Za-z0-9_]/g, '_')
    .replace(/^_+(?=.)/, '_')
    .replace(/^(?=\d|$)/, '_')
