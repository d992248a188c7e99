import { type AlarmRule, breaches, missingIsNotBreaching } from './alarm-rule.ts'

/** As CloudWatch calls them. */
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

/**
 * The state of an alarm after a minute has ended.
 *
 * As CloudWatch decides with as many datapoints to alarm as evaluation periods: all breach, and it is
 * ALARM; one does not, and it is OK. Minutes without a value do not breach where things are counted
 * (`notBreaching`); elsewhere they are no evidence (`missing`): with nothing but such minutes it is
 * INSUFFICIENT_DATA, and with some of them and none that is within the threshold it stays as it was,
 * until the minute that breached is the oldest. Unlike CloudWatch, minutes before these are not looked
 * at for more values. Source: Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat
 * missing data".
 *
 * @param values of the rule's last minutes, the oldest first; `undefined` where there was none.
 */
export function alarmState(
  rule: AlarmRule,
  values: readonly (number | undefined)[],
  before: AlarmState,
): AlarmState {
  const known = values.filter((value) => value !== undefined)
  if (known.some((value) => !breaches(rule, value))) return 'OK'
  if (known.length === values.length) return 'ALARM'
  if (missingIsNotBreaching(rule)) return 'OK'
  if (known.length === 0) return 'INSUFFICIENT_DATA'
  return values[0] === undefined ? before : 'ALARM'
}

/**
 * The minutes that make it an ALARM before the next one ends: as many in a row as the rule asks for,
 * with `minute` among them. Only of rules for which a minute need not be over to be sure.
 *
 * @param valueIn what is known of a minute so far.
 * @returns the last of them; `undefined` when there are not so many.
 */
export function breachingUntil(
  rule: AlarmRule,
  minute: number,
  valueIn: (minute: number) => number | undefined,
): number | undefined {
  const isBreaching = (each: number): boolean => {
    const value = valueIn(each)
    return value !== undefined && breaches(rule, value)
  }
  if (!isBreaching(minute)) return undefined
  let first = minute
  let last = minute
  while (last - first + 1 < rule.minutes && isBreaching(last + 1)) last += 1
  while (last - first + 1 < rule.minutes && isBreaching(first - 1)) first -= 1
  return last - first + 1 === rule.minutes ? last : undefined
}
