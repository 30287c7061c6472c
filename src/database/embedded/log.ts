import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * PostgreSQL keeps a log for each weekday and begins it anew after a week. On the command line, so that a cluster of before has it,
 * too. Until its collector runs, what a start says goes to server.log beside the folder.
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

/** @param folder in which the data folder lies @returns the last lines that a server there has said, of a start that failed */
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
