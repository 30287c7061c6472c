import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { codeOf } from '../../errors.ts'

export interface Postmaster {
  pid: number
  port: number
  ready: boolean
}

/** @param pidFile postmaster.pid in the data folder @returns undefined if no server runs there @throws if it may not be read */
export function livingPostmaster(pidFile: string): Postmaster | undefined {
  const postmaster = readPidFile(pidFile)
  return postmaster && isAlive(postmaster.pid) && isPostgres(postmaster.pid) ? postmaster : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * A zombie (Z) in a container without an init does not count as running. If the system does not report it (no /proc), any
 * living process counts.
 */
function isPostgres(pid: number): boolean {
  if (!existsSync('/proc/self/stat')) return true
  try {
    return /^\d+ \(postgres\) [^ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Line 1 is the pid, 4 the port, 8 the status: PostgreSQL's miscadmin.h. */
function readPidFile(pidFile: string): Postmaster | undefined {
  try {
    const lines = readFileSync(pidFile, 'utf8').split('\n')
    const [pid, port] = [Number(lines[0]), Number(lines[3])]
    return pid > 0 ? { pid, port, ready: port > 0 && lines[7]?.trim() === 'ready' } : undefined
  } catch (error) {
    // For another user's server it is unknown whether it runs.
    if (['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) throw error
    return undefined
  }
}

/**
 * After a crash of the machine the pid in postmaster.pid may belong to another process, and PostgreSQL would refuse to start
 * because of it. If the pid is not in use, PostgreSQL handles the file: removing it here could remove a faster starter's.
 */
export async function removeStalePidFile(pidFile: string): Promise<void> {
  const postmaster = readPidFile(pidFile)
  if (postmaster && isAlive(postmaster.pid) && !isPostgres(postmaster.pid)) await rm(pidFile, { force: true })
}
