/** For the end of the help text of every command with `--assert`. */
export const ASSERT_HELP = `
Assertions: --assert 'cold.p99<200ms' 'ratio(warm.p50)<1.1'; exit code 6 when one does not hold
  SERIES.STAT OP VALUE         of every variant
  NAME.SERIES.STAT OP VALUE    of the variant with that id or label: 'B.cold.p50<50ms'
  ratio(SERIES.STAT) OP VALUE  of every further variant, against the first
  FLAG==true                   complete; load: valid, reconciled

  SERIES  bench: cold second tenth warm failed misclassified    tune: cold warm billed failed
          load:  answered (all successes, from the planned instant), service (the same from the
                 send), lag (of the generator), dropped (not sent); from the planned instant too:
                 cold warm throttle timeout out-of-memory function-error http-error client-error,
                 and failed (the last five)
  STAT    min p50 p90 p99 p999 max; count; load: share, of all requests. tune has p50 and count
  OP      < <= > >= == !=
  VALUE   times with us, ms or s; shares and ratios as 0.05 or 5%; counts as they are

A percentile that the samples are too few for fails its assertion: p50 needs 20, p99 1,000.
--junit writes the outcomes as JUnit XML. Where GITHUB_STEP_SUMMARY is set, as in GitHub Actions,
they are added to the summary of the job.`
