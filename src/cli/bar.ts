import progress, { type Options, type SingleBar } from 'cli-progress'

/** Creates a progress bar; the caller draws it. */
export function openBar(options: Options): SingleBar {
  return new progress.SingleBar(options)
}
