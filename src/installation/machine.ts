import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readOrCreate } from '../files.ts'

/** Identity of a home folder, which a copy does not share except for `id`. */
export interface HomeIdentity {
  /** Shared by the home and every copy of it. */
  id: string
  /** Of this home alone: its file's inode and creation time. A move within one file system keeps both. */
  place: string
  /** The addresses of the machine's own network cards; none in a container, or if the system does not report them. */
  cards: readonly string[]
}

/** Creates the home's identity if it has none. @throws if the home is not writable */
export async function homeIdentity(home: string): Promise<HomeIdentity> {
  const file = join(home, 'installation')
  const id = (await readOrCreate(file, () => `${randomUUID()}\n`)).trim()
  const { ino, birthtimeNs } = await stat(file, { bigint: true })
  return { id, place: `${ino}.${birthtimeNs}`, cards: networkCards() }
}

/** A snapshot of a whole machine that is started as another one has the files but not the cards. */
export function isSameHome(
  a: Pick<HomeIdentity, 'place' | 'cards'>,
  b: Pick<HomeIdentity, 'place' | 'cards'>,
): boolean {
  if (a.place !== b.place) return false
  return a.cards.length === 0 || b.cards.length === 0 || a.cards.some(card => b.cards.includes(card))
}

const NET = '/sys/class/net'

/** Cards only: bridges, tunnels and a container's interfaces change with each start. */
function networkCards(): string[] {
  try {
    return readdirSync(NET)
      .filter(name => existsSync(join(NET, name, 'device')))
      .map(name => readFileSync(join(NET, name, 'address'), 'utf8').trim())
      .filter(address => /[1-9a-f]/.test(address))
      .sort()
  } catch {
    return []
  }
}
