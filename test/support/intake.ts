import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach } from 'vitest'
import type { CampError } from '../../src/errors.ts'
import type { ImportDeps, ImportRequest } from '../../src/intake/request.ts'
import type { TestDatabase } from './database.ts'
import { makeScene, type Scene } from './fixtures.ts'
import { EITHER, importAs } from './import-request.ts'
import { scratchFolder } from './scratch.ts'
import { emptied } from './tampering.ts'

type Overrides = Partial<Omit<ImportRequest, 'adapter'>> & {
  /** A file with this in it. */
  text?: string
  adapter?: Partial<ImportRequest['adapter']>
}

export interface LeadRow {
  seq: number
  source_line: number | null
  phone: string
  nome: string | null
  status: string
  is_fish: boolean
  error_code: string | null
  error_message: string | null
  custom_message: string | null
}

/** Imports into a test file's database, which has no campaign, fish or blocklist before each test. */
export function intakeOn(db: TestDatabase) {
  const folder = scratchFolder('import')
  let scene: Scene
  let files = 0
  beforeAll(async () => {
    scene = await makeScene(db.pool)
  })
  beforeEach(async () => {
    await emptied(db.pool, '"Campaign", "CampaignLead", "Fish", "Blocklist", "AuditEvent"')
  })

  const write = (text: string): string => {
    const file = join(folder, `file-${++files}.csv`)
    writeFileSync(file, text)
    return file
  }
  return {
    folder,
    scene: () => scene,
    write,

    run: ({ text, adapter, ...overrides }: Overrides, deps: Partial<ImportDeps> = {}) =>
      importAs(
        db,
        scene,
        { file: text === undefined ? '' : write(text), adapter: { ...EITHER, ...adapter }, ...overrides },
        deps,
      ),

    /** In dispatch order. */
    async leadsOf(campaignId: string): Promise<LeadRow[]> {
      const { rows } = await db.pool.query<LeadRow>(
        `SELECT * FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
        [campaignId],
      )
      return rows
    },
  }
}

/** @returns what it fails with; it must */
export async function failure(running: Promise<unknown>): Promise<CampError> {
  return running.then(
    () => {
      throw new Error('it did not fail')
    },
    error => error,
  )
}
