import { expect, it } from 'vitest'
import type { CampaignReport } from '../../../src/campaign/read/report.ts'
import type { CampaignView } from '../../../src/campaign/read/view.ts'
import { plainText } from '../../../src/cli/blocks.ts'
import { reportText } from '../../../src/cli/commands/campaign/report-text.ts'

const view = {
  agendamento_id: 'C261128-26C97',
  name: 'Link estranho',
  status: 'FINISHED',
  wallet: 'Carteira A',
  broker: 'SANDBOX',
  source_file: 'lote_d.csv',
  rows: 50,
  cost: { unit: '0.0450', used: '2.1150', ceiling: '2.2500' },
  created_by: 'carla@x.com',
  created_at: '2026-11-28T17:08:00Z',
  approved_by: 'chefe@x.com',
  approved_at: '2026-11-28T17:16:00Z',
  started_at: '2026-11-28T17:16:17Z',
  finished_at: '2026-11-28T17:16:18Z',
  failure_reason: null,
  stopped: null,
} as unknown as CampaignView

const report: CampaignReport = {
  outcomes: [],
  rates: { accepted: 47, delivered: 45, read: 27, failed_after_acceptance: 1 },
  funnel: {
    rows: 52,
    not_taken_over: [{ code: 'DUPLICATE', message: null, rows: 2 }],
    to_send: 50,
    accepted: 47,
    delivered: 45,
    read: 27,
    undeliverable: [{ code: '30005', message: 'number does not exist', rows: 1 }],
    no_word: 1,
    refused_by_broker: [{ code: 'REFUSED', message: 'template paused', rows: 1 }],
    held_back: [],
    cancelled: 2,
    found_not_sent: 0,
    in_doubt: 0,
    open: 0,
  },
  fish_outcomes: { added: 2, accepted: 2, delivered: 1 },
  callbacks: { known: true, reason: null },
  started_by: 'carla@x.com',
  attempts: [],
}

const around = { now: new Date('2026-11-28T18:00:00Z'), timezone: 'America/Sao_Paulo', columns: 80 }
const text = (some: Partial<CampaignReport>, next: string[] = []) =>
  plainText(reportText(view, { ...report, ...some }, { ...around, next })).split('\n')

it('tells what became of each row of the file, and who did what', () => {
  expect(text({}, ['See the result: camp campaign report C261128-26C97'])).toEqual([
    'C261128-26C97  Link estranho                                            FINISHED',
    'Carteira A · SANDBOX · lote_d.csv (50 rows) · 2026-11-28 14:16:17 – 2026-11-28 14:16:18',
    'imported 14:08 by carla@x.com · approved 14:16 by chefe@x.com · started 14:16 by carla@x.com',
    '',
    '52 rows',
    '├ 2 not taken over  DUPLICATE 2',
    '└ 50 to send  cost R$ 2.1150 of at most R$ 2.25',
    '  ├ 47 accepted by the broker  94 %',
    '  │ ├ 45 delivered  95.7 % of accepted',
    '  │ │ └ 27 read  60 % of delivered',
    '  │ ├ 1 undeliverable  30005 1 "number does not exist"',
    '  │ └ 1 no word yet',
    '  ├ 1 refused by the broker  REFUSED 1 "template paused"',
    '  ├ 2 not sent: the campaign ended first',
    '  └ 0 in doubt',
    '',
    '2 fish, not counted above: 2 accepted, 1 delivered',
    'Send the one again: camp campaign retry C261128-26C97 (an ADMIN approves)',
    'Row by row: camp campaign leads C261128-26C97',
  ])
})

it.each([
  ['NOT_SET_UP', 'delivered –, read –: callbacks are not set up (CAMP_PUBLIC_URL; camp broker show SANDBOX)'],
  ['NOT_SUPPORTED', 'delivered –, read –: its broker does not report them to camp'],
  ['NONE_YET', 'delivered –, read –: no callback has come yet'],
] as const)('never says 0 %% where deliveries are not known: %s', (reason, line) => {
  const lines = text({ callbacks: { known: false, reason } })
  expect(lines).toContain(line)
  expect(lines.join('\n')).not.toMatch(/delivered {2}|no word/)
})

it('shows all attempts if a lead was sent more than once', () => {
  const attempts = [
    { kind: 'REFUSED', code: 'X', leads: 30 },
    { kind: 'SENT', code: null, leads: 47 },
  ] as unknown as CampaignReport['attempts']
  expect(text({ attempts })).toEqual(expect.arrayContaining(['ATTEMPTS  REASON  LEADS', 'REFUSED   X          30']))
  expect(text({ attempts: attempts.slice(1) }).join('\n')).not.toContain('ATTEMPTS')
})
