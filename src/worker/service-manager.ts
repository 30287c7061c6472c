import { execa } from 'execa'
import type { Log } from '../log.ts'

/** The service manager that started this process and waits for its messages (systemd, Type=notify). */
export interface ServiceManager {
  /** The worker takes jobs. */
  ready(): Promise<void>
  /** The worker is stopping. */
  stopping(): Promise<void>
  /** The watchdog's interval starts again. @param status one line for systemctl status */
  feed(status: string): Promise<void>
  /** How often to call `feed`; undefined: no watchdog is set. */
  feedEveryMs: number | undefined
}

export interface NotifySettings {
  /** NOTIFY_SOCKET. */
  socket: string
  /** WATCHDOG_USEC, if WATCHDOG_PID is this process or not set. */
  watchdogMs: number | undefined
}

const SEND_MS = 5_000

/**
 * Sends through systemd-notify: the messages are datagrams to a Unix socket, which Node cannot send
 * (docs/decisions/0062-the-watchdog-is-fed-while-a-restart-would-not-help.md).
 * @returns undefined without a service manager
 */
export function openServiceManager(settings: NotifySettings | undefined, log: Log): ServiceManager | undefined {
  if (!settings) return undefined
  const send = async (...words: string[]) => {
    try {
      await execa('systemd-notify', words, { env: { NOTIFY_SOCKET: settings.socket }, timeout: SEND_MS })
    } catch (err) {
      log.warn({ event: 'service.notify_failed', err }, 'systemd was not notified: it may restart this worker')
    }
  }
  return {
    ready: () => send('READY=1', 'STATUS=takes jobs'),
    stopping: () => send('STOPPING=1'),
    feed: status => send('WATCHDOG=1', `STATUS=${status}`),
    // Three times within the interval: a check may take some seconds, and one may fail.
    feedEveryMs: settings.watchdogMs && settings.watchdogMs / 3,
  }
}
