import { parse } from 'pg-connection-string'
import type { Config } from '../config.ts'
import { messageOf } from '../errors.ts'
import { homeIdentity } from './machine.ts'
import { compareMarks, type Mark } from './mark.ts'
import { fileStore, type MarkStore, newest, type StoredMark } from './mark-store.ts'

/** The marks outside the database that this process can reach, and the database's address. */
export interface Marks {
  /** The database's address as this process knows it: host, port and name, or the home that it is embedded in. */
  address: string
  /** Why no mark can be kept in CAMP_HOME; undefined if it can. */
  homeless: string | undefined
  stores: readonly MarkStore[]
  /** The highest; `isOurs` is false if any store was copied here. undefined: none of them knows this installation. */
  read(installationId: string): Promise<StoredMark | undefined>
  /** @throws if no store accepted it; one store is enough */
  write(installationId: string, mark: Mark): Promise<void>
  /** The time of the last mark of another installation at this address: an earlier database was there. */
  lastOfAnother(installationId: string): Promise<Date | undefined>
  close(): void
}

/** CAMP_HOME in both modes, and Redis if configured. With DATABASE_URL an unusable home is ignored: none is needed there. */
export async function openMarks(config: Config): Promise<Marks> {
  const stores: MarkStore[] = []
  // Without the pooler, if there is one: it may be added at any time.
  let address = config.directUrl && addressOf(config.directUrl)
  let homeless: string | undefined
  try {
    const identity = await homeIdentity(config.home)
    address ??= `home ${identity.id}`
    stores.push(fileStore(config.home, identity))
  } catch (error) {
    if (address === undefined) throw error
    homeless = messageOf(error)
  }
  if (config.redisUrl) {
    // Loaded here: a command without Redis does not need it.
    const { redisStore } = await import('./redis-store.ts')
    stores.push(redisStore(config.redisUrl))
  }
  return {
    address: address!,
    homeless,
    stores,
    read: async installationId => {
      const found = (await Promise.all(stores.map(store => store.read(installationId)))).filter(mark => !!mark)
      const highest = found.sort(compareMarks).at(-1)
      return highest && { ...highest, isOurs: found.every(mark => mark.isOurs) }
    },
    write: async (installationId, mark) => {
      const written = await Promise.allSettled(stores.map(store => store.write(installationId, mark, address!)))
      const failed = written.filter(one => one.status === 'rejected')
      if (failed.length > 0 && failed.length === stores.length) throw failed[0]!.reason
    },
    lastOfAnother: async installationId => {
      const found = await Promise.all(stores.map(store => store.lastOfAnother(installationId, address!)))
      return newest(found.filter(at => !!at))
    },
    close: () => {
      for (const store of stores) store.close()
    },
  }
}

/** Without user and password. */
function addressOf(databaseUrl: string): string {
  const { host, port, database } = parse(databaseUrl)
  return `${host ?? 'localhost'}:${port || 5432}/${database ?? ''}`
}
