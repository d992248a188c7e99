import type { InitReportEvent, PlatformEvent, Report, ReportEvent } from './platform-events.ts'

/**
 * The line that an event leaves in the function's log, in Lambda's text format; `undefined` for
 * events that leave none. Layouts as CloudWatch shows them, trailing tabs included.
 */
export function logLine(event: PlatformEvent): string | undefined {
  switch (event.type) {
    case 'platform.initStart':
      return `INIT_START Runtime Version: ${event.runtimeVersion}`
    case 'platform.initReport':
      return initReportLine(event)
    case 'platform.start':
      return `START RequestId: ${event.requestId} Version: ${event.version}`
    case 'function':
      return event.text
    case 'platform.report':
      return reportLine(event)
    default:
      return undefined
  }
}

/** END comes with REPORT and has no event of its own in Lambda's schema. */
export const endLine = (requestId: string): string => `END RequestId: ${requestId}`

/**
 * On demand, Lambda prints it only for an init that failed; of provisioned concurrency, always (AWS
 * Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle").
 */
function initReportLine(event: InitReportEvent): string | undefined {
  if (event.status === 'success' && event.initializationType === 'on-demand') return undefined
  const fields = [
    `INIT_REPORT Init Duration: ${event.durationMs.toFixed(2)} ms`,
    `Phase: ${event.phase}`,
    `Status: ${event.status}`,
  ]
  if (event.errorType !== undefined) fields.push(`Error Type: ${event.errorType}`)
  return fields.join('\t')
}

function reportLine({ requestId, report }: ReportEvent): string {
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${report.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${report.billedDurationMs} ms`,
    `Memory Size: ${report.memorySizeMb} MB`,
  ]
  if (report.maxMemoryUsedMb !== undefined) {
    fields.push(`Max Memory Used: ${report.maxMemoryUsedMb} MB`)
  }
  if (report.initDurationMs !== undefined) {
    fields.push(`Init Duration: ${report.initDurationMs.toFixed(2)} ms`)
  }
  return [...fields, ...statusFields(report)].join('\t')
}

/**
 * Platform faults only: a success, and an error that the handler itself reported, end in a tab and
 * name no status.
 */
function statusFields({ status, errorType }: Report): string[] {
  if (status === 'timeout') return ['Status: timeout']
  return errorType === undefined ? [''] : [`Status: ${status}`, `Error Type: ${errorType}`]
}
