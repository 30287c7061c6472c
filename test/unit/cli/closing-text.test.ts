import { expect, test } from 'vitest'
import { NO_REPLIES } from '../../../src/campaign/read/replies.ts'
import { settingsView } from '../../../src/campaign/read/settings-view.ts'
import { type CampaignView, type ClosingView, NO_COUNTS, NO_ERRORS } from '../../../src/campaign/read/view.ts'
import { columnsOf, DEFAULT_SETTINGS } from '../../../src/campaign-settings/schema.ts'
import { plainText } from '../../../src/cli/blocks.ts'
import { campaignText } from '../../../src/cli/commands/campaign/text.ts'

const VIEW: CampaignView = {
  id: 'x',
  agendamento_id: 'C261124-7F3KQ',
  name: 'a campaign',
  status: 'PROCESSING',
  wallet: 'w',
  broker: 'b',
  rows: 1,
  fish: 0,
  counts: NO_COUNTS,
  errors: NO_ERRORS,
  cost: { unit: '0.0450', ceiling: '0.0450', used: '0.0450' },
  failure_reason: null,
  failure_code: null,
  stopped: null,
  ...settingsView({ ...columnsOf(DEFAULT_SETTINGS), template: null }),
  source_file: 'f.csv',
  created_by: 'u',
  created_at: '2026-11-24T12:00:00.000Z',
  approved_by: null,
  approved_at: null,
  started_at: null,
  finished_at: null,
  batches: { QUEUED: 0, SENDING: 0, DONE: 1, IN_DOUBT: 0 },
  waiting_until: null,
  waiting_for_hours: false,
  waiting_for_broker: null,
  closing: null,
  replies: NO_REPLIES,
}

const AT = '2026-11-24T17:32:00.000Z'

function lineOf(
  closing: Partial<ClosingView> & Pick<ClosingView, 'status'>,
  status: CampaignView['status'] = 'PROCESSING',
) {
  const whole = { not_before: null, settled_at: null, error: null, ...closing }
  const text = plainText(campaignText({ ...VIEW, status, closing: whole }, 'America/Sao_Paulo'))
  return /^ *closing +(.*)$/m.exec(text)?.[1]
}

test.each<[Partial<ClosingView> & Pick<ClosingView, 'status'>, CampaignView['status'], string]>([
  [{ status: 'QUEUED', not_before: AT }, 'PROCESSING', "the broker's last step runs at 2026-11-24 14:32:00"],
  [{ status: 'QUEUED' }, 'PROCESSING', "the broker's last step runs next"],
  [
    { status: 'QUEUED', not_before: AT, error: 'it is running' },
    'PROCESSING',
    "the broker's last step runs at 2026-11-24 14:32:00 (it is running)",
  ],
  [{ status: 'QUEUED', not_before: AT }, 'PAUSED', 'waiting: the campaign is PAUSED'],
  [{ status: 'SENDING' }, 'PROCESSING', "the broker's last step is running"],
  [
    { status: 'IN_DOUBT', settled_at: AT, error: 'HTTP 500' },
    'PROCESSING',
    'in doubt since 2026-11-24 14:32:00 (HTTP 500)',
  ],
  [{ status: 'DONE', settled_at: AT }, 'FINISHED', 'done at 2026-11-24 14:32:00'],
  [{ status: 'NOT_RUN', error: 'they stay there' }, 'CANCELLED', 'not run: they stay there'],
])('a closing %o of a %s campaign: %s', (closing, status, line) => {
  expect(lineOf(closing, status)).toBe(line)
})

test('where there is none there is no line', () => {
  expect(plainText(campaignText(VIEW, 'America/Sao_Paulo'))).not.toMatch(/closing/)
})
