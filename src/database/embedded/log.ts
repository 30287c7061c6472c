import { readdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * PostgreSQL keeps a log for each weekday and overwrites it after a week. Set on the command line, so that it also applies to
 * an existing cluster. Until its collector runs, messages of a start go to server.log next to the data folder.
 */
export const LOG_SETTINGS = Object.entries({
  logging_collector: 'on',
  log_directory: '../log',
  log_filename: 'server-%a.log',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
  log_file_mode: '0600',
}).map(([name, value]) => `-c ${name}=${value}`)

const MAX_START_LOG_BYTES = 1024 * 1024

/** Before a start: server.log grows by some lines with each, also with each that fails. One earlier file is kept. */
export function boundStartLog(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > MAX_START_LOG_BYTES) renameSync(path, `${path}.1`)
}

/** @param folder the parent of the data folder @returns the last lines that a server there logged, after a failed start */
export function lastLines(folder: string, count: number): string[] {
  const logs = [join(folder, 'server.log'), ...weekdaysIn(join(folder, 'log'))]
  const [latest] = logs.map(path => ({ path, at: timeOf(path) })).sort((one, other) => other.at - one.at)
  try {
    return readFileSync(latest!.path, 'utf8').trim().split('\n').slice(-count)
  } catch (error) {
    return [String(error)]
  }
}

function weekdaysIn(folder: string): string[] {
  try {
    return readdirSync(folder).map(name => join(folder, name))
  } catch {
    return []
  }
}

function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
