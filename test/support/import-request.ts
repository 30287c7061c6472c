import type { ImportRequest } from '../../src/intake/request.ts'
import type { Scene } from './fixtures.ts'

/** What `camp campaign import FILE --wallet … --broker … --message Olá` asks for: every flag at its default. */
export function importRequest(scene: Scene): Omit<ImportRequest, 'file' | 'adapter'> {
  return {
    name: null,
    userId: scene.userId,
    wallet: { id: scene.walletId },
    broker: { id: scene.brokerId, cost: '0.0450', maxBatch: null },
    message: 'Olá',
    template: null,
    vars: {},
    map: {},
    throttle: { type: 'none', config: null },
    hours: { from: 480, to: 1200 },
    days: 63,
    allowHolidays: false,
    noCap: false,
    scheduledAt: null,
    startBefore: 60,
    batchSize: null,
    staleDays: 7,
    encoding: null,
    delimiter: null,
    sheet: null,
    fish: true,
    again: false,
    dryRun: false,
    rejects: null,
    timezone: 'America/Sao_Paulo',
  }
}
