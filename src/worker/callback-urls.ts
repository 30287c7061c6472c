import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { Keys } from '../security/keys.ts'
import { isLoopback, isPlainHttp } from '../security/plain-http.ts'
import { MESSAGE_KEY, messageKey, type WebhookBroker, webhookUrl } from '../security/webhook-token.ts'
import { callingBack, type ServedBroker } from './brokers.ts'

export interface CallbackUrls {
  /** What brokers call back; undefined: they cannot. Without CAMP_PUBLIC_URL only brokers on this machine reach it. */
  base: string | undefined
  /**
   * @param brokerUrl the broker's own address, as its credential names it
   * @returns the URL for a broker's callbacks, for all its messages or for one
   */
  of(broker: WebhookBroker, brokerUrl: string | undefined, leadId: string | undefined): string | undefined
  /** Logs which of these brokers cannot call back. */
  warnOfSilence(added: readonly ServedBroker[]): Promise<void>
}

/**
 * @param listening the listener's URL. In embedded mode brokers on this machine, such as the sandbox, call back there if
 *   CAMP_PUBLIC_URL is not set and it is a loopback address.
 */
export function callbackUrls(
  { publicUrl, databaseUrl }: Pick<Config, 'publicUrl' | 'databaseUrl'>,
  { keys, log, listening }: { keys: Keys; log: Log; listening: string | undefined },
): CallbackUrls {
  const local =
    publicUrl === undefined && databaseUrl === undefined && listening !== undefined && isLoopback(listening)
      ? listening
      : undefined
  if (publicUrl !== undefined && isPlainHttp(publicUrl))
    log.warn({ event: 'config.public_url_plain' }, 'CAMP_PUBLIC_URL is http: brokers call back unencrypted')
  return {
    base: publicUrl ?? local,
    of(broker, brokerUrl, leadId) {
      const base = publicUrl ?? (brokerUrl !== undefined && isLoopback(brokerUrl) ? local : undefined)
      const url = webhookUrl(base, keys, broker)
      if (!url || leadId === undefined) return url
      return `${url}?${MESSAGE_KEY}=${messageKey(keys, broker, leadId)}`
    },
    async warnOfSilence(added) {
      if (publicUrl !== undefined) return
      const brokers = await callingBack(added.filter(({ adapter }) => local === undefined || adapter !== 'SANDBOX'))
      if (brokers.length === 0) return
      const event = { event: 'config.public_url_missing' as const, brokers }
      if (local === undefined)
        log.warn(event, 'CAMP_PUBLIC_URL is not set: these brokers have no callback URL, and messages stay SENT')
      else log.warn(event, 'CAMP_PUBLIC_URL is not set: these brokers call back only if they are on this machine')
    },
  }
}
