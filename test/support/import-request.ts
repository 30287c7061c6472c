import { DEFAULT_SETTINGS } from '../../src/campaign-settings/schema.ts'
import { importCampaign } from '../../src/intake/import.ts'
import type { ImportDeps, ImportRequest, ImportResult } from '../../src/intake/request.ts'
import type { TestDatabase } from './database.ts'
import type { Scene } from './fixtures.ts'

/** Imports a file for a broker that takes texts and templates, a thousand messages a request. */
export function importAs(
  { pool, prisma }: Pick<TestDatabase, 'pool' | 'prisma'>,
  scene: Scene,
  request: Partial<ImportRequest> & { file: string },
  deps: Partial<ImportDeps> = {},
): Promise<ImportResult> {
  const now = new Date('2026-11-24T15:00:00Z')
  return importCampaign(
    { pool, prisma, clock: { now: () => now }, signal: new AbortController().signal, ...deps },
    { ...importRequest(scene), adapter: EITHER, ...request },
  )
}

/** A broker that takes texts and templates, a thousand messages a request. */
export const EITHER = {
  name: 'SANDBOX',
  content: 'EITHER',
  messagesPerRequest: 1000,
  oneTextPerRequest: false,
  documentRequired: false,
} as const

/** What `camp campaign import FILE --wallet … --broker … --message Olá` asks for: every flag at its default. */
export function importRequest(scene: Scene): Omit<ImportRequest, 'file' | 'adapter'> {
  return {
    ...DEFAULT_SETTINGS,
    name: null,
    userId: scene.userId,
    wallet: { id: scene.walletId },
    broker: { id: scene.brokerId, cost: '0.0450', maxBatch: null, rateLimit: null },
    message: 'Olá',
    template: null,
    map: {},
    allPhones: false,
    repairNinthDigit: false,
    billsSegments: false,
    objection: null,
    encoding: null,
    delimiter: null,
    sheet: null,
    headerRow: null,
    fish: true,
    again: false,
    dryRun: false,
    rejects: null,
    timezone: 'America/Sao_Paulo',
  }
}
