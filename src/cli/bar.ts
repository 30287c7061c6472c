import progress, { type Options, type SingleBar } from 'cli-progress'

/** A progress bar, which the caller draws. */
export function openBar(options: Options): SingleBar {
  return new progress.SingleBar(options)
}
