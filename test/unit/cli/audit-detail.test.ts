import { expect, it } from 'vitest'
import { detailText } from '../../../src/cli/commands/audit/detail-text.ts'
import { speaking } from '../../../src/language/text.ts'

const IMPORTED = {
  file: 'm.csv',
  rows: 6,
  notes: ['the campaign was cancelled'],
  no_cap: false,
  sha256: '80',
  purpose: null,
  warnings: { HTML: 1, BAD_DOCUMENT: 2 },
  agendamento_id: 'C261130-A0A50',
}

it.each([
  [null, ''],
  [{}, ''],
  [IMPORTED, 'file: m.csv; rows: 6; remarks: the campaign was cancelled; warnings: HTML: 1, BAD_DOCUMENT: 2'],
  [{ to: '500.00', from: null, year: 2026, month: 12, wallet_id: 'x' }, '– → 500.00'],
  [
    { cost_per_message: { from: '0.0450', to: '0.0500' }, no_cap: { from: false, to: true } },
    'cost of one: 0.0450 → 0.0500; without the frequency cap: no → yes',
  ],
  [
    { phones: ['5511987654322', '5511987654323'], documents: [], reason: 'pediu' },
    'phones: 5511987654322, 5511987654323; reason: pediu',
  ],
  [{ no_cap: true, held_since: '2026-11-30' }, 'without the frequency cap; held since: 2026-11-30'],
])('the detail of an event is said in words (%#)', (detail, said) => {
  expect(detailText(detail)).toBe(said)
})

it('the detail of an event is said in Portuguese', async () => {
  expect(await speaking('pt-BR', async () => detailText({ ...IMPORTED, unit_cost: '0.0450' }))).toBe(
    'arquivo: m.csv; linhas: 6; observações: a campanha foi cancelada; avisos: HTML: 1, BAD_DOCUMENT: 2; custo de uma: 0.0450',
  )
})
