import { describe, expect, it } from 'vitest'
import { approvalHash } from '../../../src/campaign/approval/approval-hash.ts'
import { columnsOf, DEFAULT_SETTINGS } from '../../../src/campaign-settings/schema.ts'

/** A campaign's row as the database gives it, beside what is joined to it; settings that came later at their default. */
const HEADER = {
  ...columnsOf(DEFAULT_SETTINGS),
  id: '01932e5c-0000-7000-8000-000000000001',
  agendamento_id: 'C261124-7F3KQ',
  name: 'november',
  status: 'APPROVED' as const,
  user_id: '01932e5c-0000-7000-8000-000000000002',
  wallet_id: '01932e5c-0000-7000-8000-000000000003',
  wallet: 'Retail',
  broker_id: '01932e5c-0000-7000-8000-000000000004',
  broker: 'Main',
  adapter: 'SANDBOX',
  cost_per_message: '0.0450',
  rate_limit: null,
  max_batch: null,
  unit_cost: null,
  approval_hash: null,
  base_message: 'Olá {{nome}}',
  template_id: null,
  template_code: null,
  template_content: null,
  template_vars: null,
  throttling_type: 'none',
  throttling_config: null,
  hours_from: 480,
  hours_to: 1200,
  days: 63,
  allow_holidays: false,
  state_laws: [] as string[],
  no_cap: false,
  purpose: null,
  source_sha256: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  rows: 100,
  lead_count: 120,
  fish: 2,
  batch_size: null,
  stale_days: 7,
  scheduled_at: null,
  start_before: 60,
}

const TOLD = {
  base_message: null,
  template_id: '01932e5c-0000-7000-8000-000000000005',
  template_code: 'COBRANCA_1',
  template_content: 'Olá {{1}}',
  template_vars: { '2': 'contrato', '1': 'nome' },
  throttling_type: 'linear',
  throttling_config: { minutes: 60, messages: 100 },
  hours_from: 540,
  hours_to: 1080,
  days: 31,
  allow_holidays: true,
  no_cap: true,
  purpose: 'collection',
}

describe('an approval that was given stays valid', () => {
  it.each([
    ['every setting at its default', {}, 'e2bdf699d016aa6454f5cc6f574a076b4d30170bebf257145d1ddca528873e06'],
    ['other settings, and a template', TOLD, '16feaa9a85776742f377e3b38ae8bbbd7b2df1a5cad7a232e7b708823bcf10fb'],
    [
      'states whose laws are kept, one of them unknown',
      { ...TOLD, state_laws: ['RJ', 'XX'] },
      '02b90179fc45c0e153ebee89dcd5255b82dda76994037730ac7200657c64d068',
    ],
  ])('%s', (_, columns, hash) => {
    expect(approvalHash({ ...HEADER, ...columns })).toBe(hash)
  })

  it.each([
    ['how requests are cut', { batch_size: 50 }],
    ['when it starts', { scheduled_at: new Date('2026-12-01T12:00:00Z'), start_before: 5 }],
    ['how old a row might be at the import', { stale_days: 0 }],
  ])('%s is not covered', (_, columns) => {
    expect(approvalHash({ ...HEADER, ...columns })).toBe(approvalHash(HEADER))
  })
})
