import { twoCompositionRoots } from './rules/composition.ts'
import { errorCodesAreRaised, errorsAreCatalogued } from './rules/errors.ts'
import { importDirection, noCircles } from './rules/import-direction.ts'
import { packages } from './rules/packages.ts'
import { purePolicies, synchronousCore } from './rules/pure-decisions.ts'
import { shortFiles, shortFunctions } from './rules/size.ts'
import { noBarrels, noSilentSkips, nothingUnfinished } from './rules/tidiness.ts'
import { timeAndChance } from './rules/time-and-chance.ts'
import type { Rule } from './source.ts'

/** The rules that files of the project keep, as sentences. */
export const HOUSE_RULES = {
  'a stage imports only what the import table allows': importDirection,
  'no file imports itself, through whatever way': noCircles,
  'only some import Node’s modules and packages': packages,
  'time and chance come in through ports': timeAndChance,
  'the core of the scheduler is synchronous': synchronousCore,
  'a policy is a pure function': purePolicies,
  'only the composition roots construct across stages': twoCompositionRoots,
  'every error is in the catalogue': errorsAreCatalogued,
  'every code of the catalogue is raised': errorCodesAreRaised,
  'a file has at most 400 lines': shortFiles,
  'a function has at most 70 lines': shortFunctions,
  'nothing is marked as unfinished': nothingUnfinished,
  'no test is skipped without a reason': noSilentSkips,
  'only the library’s index hands on exports': noBarrels,
} as const satisfies Record<string, Rule>
