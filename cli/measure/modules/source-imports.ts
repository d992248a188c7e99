/** Static imports and exports of others, `require()` and `import()` with a plain name. */
const IMPORT =
  /(?:^|;)[ \t]*(?:import|export)\s(?!type\s)(?:[^'"`;()]*?\bfrom\s*)?['"]([^'"\n]+)['"]|\b(?:require|import)\(\s*['"]([^'"\n]+)['"]\s*\)/gm

/**
 * What a source imports, in its order. It looks at the text alone, so it also finds an import that is
 * commented out at the beginning of a line.
 */
export const importsOf = (source: string): string[] =>
  [...source.matchAll(IMPORT)].map(([, statement, call]) => statement ?? call ?? '')
