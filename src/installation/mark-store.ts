import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CampError, codeOf } from '../errors.ts'
import { replacePrivate } from '../files.ts'
import { t } from '../language/text.ts'
import { type HomeIdentity, isSameHome } from './machine.ts'
import { compareMarks, type Mark } from './mark.ts'

/** A mark outside the database. */
export interface StoredMark extends Mark {
  /** false: it was written in another home, or on another machine, and was copied here. */
  isOurs: boolean
}

export interface MarkStore {
  /** For messages: a folder, or Redis. */
  where: string
  /** @returns undefined if this installation has no mark here */
  read(installationId: string): Promise<StoredMark | undefined>
  /** Never lowers a mark. @param address the database's address */
  write(installationId: string, mark: Mark, address: string): Promise<void>
  /** @returns the time of the last mark of any other installation at this address; undefined: none */
  lastOfAnother(installationId: string, address: string): Promise<Date | undefined>
  close(): void
}

const fileContent = z.object({
  generation: z.number().int(),
  mark: z.number().int(),
  at: z.coerce.date(),
  address: z.string(),
  home: z.object({ place: z.string(), cards: z.array(z.string()) }),
})

/** One file per installation in CAMP_HOME/marks, replaced atomically and flushed to disk. */
export function fileStore(home: string, identity: HomeIdentity): MarkStore {
  const folder = join(home, 'marks')
  const fileOf = (installationId: string) => join(folder, `${installationId}.json`)
  const read = async (installationId: string): Promise<StoredMark | undefined> => {
    const found = await readMark(fileOf(installationId))
    return found && { ...found, isOurs: isSameHome(found.home, identity) }
  }
  return {
    where: folder,
    read,
    write: async (installationId, mark, address) => {
      // Another worker of this home may have written it since.
      const before = await read(installationId)
      if (before?.isOurs && compareMarks(before, mark) >= 0) return
      const { place, cards } = identity
      await replacePrivate(fileOf(installationId), `${JSON.stringify({ ...mark, address, home: { place, cards } })}\n`)
    },
    lastOfAnother: async (installationId, address) => {
      const names = await readdir(folder).catch(() => [])
      const others = names.filter(name => name.endsWith('.json') && name !== `${installationId}.json`)
      const marks = await Promise.all(others.map(name => readMark(join(folder, name))))
      return newest(marks.flatMap(mark => (mark?.address === address ? [mark.at] : [])))
    },
    close: () => undefined,
  }
}

/** @returns undefined for an empty list */
export function newest(dates: readonly Date[]): Date | undefined {
  return [...dates].sort((a, b) => a.getTime() - b.getTime()).at(-1)
}

async function readMark(file: string) {
  const text = await readFile(file, 'utf8').catch(error => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    return fileContent.parse(JSON.parse(text))
  } catch (cause) {
    throw new CampError('MARK_DAMAGED', t`${file} is not a mark written by camp`, {
      hint: t`Restore the file. Without it a worker cannot tell whether its database is older than what was sent.`,
      cause,
    })
  }
}
