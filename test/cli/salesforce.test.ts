import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startSandbox } from '../../src/sandbox/server.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { SALESFORCE_SECRETS, salesforceCredential } from '../support/salesforce.ts'
import { LOGINS } from '../support/salesforce-logins.ts'
import { orgCredential, startOrg } from '../support/salesforce-org.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startTestWorker } from '../support/worker.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv

test('a file goes out through Salesforce, from the credential to the report', async () => {
  const sandbox = await startSandbox()
  onTestFinished(() => sandbox.close())
  env = await adminEnv(db)
  const run = (...argv: string[]) => succeed(camp(argv, { env }))
  await run('wallet', 'add', 'Carteira Sul', '--idgis', '7')
  await run('budget', 'set', 'Carteira Sul', monthOf(new Date()), '100.00')
  await run('broker', 'add', 'Salesforce', '--adapter', 'SALESFORCE', '--cost', '0.0450')
  const credential = { ...salesforceCredential(sandbox.url), closing_delay_minutes: '0' }
  const pairs = Object.entries(credential).map(([key, value]) => `${key}=${value}`)
  const set = await run('credential', 'set', 'Carteira Sul', 'Salesforce', ...pairs)
  const shown = await run('credential', 'show', 'Carteira Sul', 'Salesforce')
  const tested = await run('credential', 'test', 'Carteira Sul', 'Salesforce')
  expect(tested.out).toMatch(/Salesforce and Marketing Cloud both issue a token, and the automation exists/)
  for (const { out, err } of [set, shown, tested]) {
    for (const secret of SALESFORCE_SECRETS) expect(out + err).not.toContain(secret)
  }

  const file = join(scratchFolder('salesforce'), 'base.csv')
  const rows = [
    'telefone;nome;cpf_cnpj',
    '11987650001;Maria;191',
    '11987650002;José;',
    '11987650003;;52998224725',
    '68987650004;Ana;11222333000181',
  ]
  writeFileSync(file, rows.join('\n'))
  const importing = ['campaign', 'import', file, '--wallet', 'Carteira Sul', '--broker', 'Salesforce', '--json']
  expect((await run(...importing, '--message', 'Olá', '--dry-run')).err).toMatch(/the message or template is not used/)
  const round = ['--hours', '00:00-24:00', '--days', 'mon-sun', '--allow-holidays']
  const imported = (await run(...importing, ...round)).json()
  expect(imported).toMatchObject({
    counts: { total: 4, PENDING: 3, ERROR: 1 },
    errors: { MISSING_DOCUMENT: 1 },
    closing: null,
  })

  await run('campaign', 'approve', imported.id, '--yes')
  const worker = await startTestWorker({ databaseUrl: db.url })
  onTestFinished(() => worker.stop())
  await run('campaign', 'run', imported.id, '--wait')
  const report = (await run('campaign', 'report', imported.id, '--json')).json()
  expect(report).toMatchObject({
    status: 'FINISHED',
    counts: { SENT: 2, ERROR: 2 },
    errors: { MISSING_DOCUMENT: 1, MISSING_NAME: 1 },
    cost: { used: '0.0900' },
    closing: { status: 'DONE', not_before: null, error: null },
  })
  expect((await run('campaign', 'show', imported.id)).out).toMatch(/closing +done at /)
  expect(sandbox.messages('5511987650001')).toMatchObject([
    { content: { LastName: 'Maria', CPF_CNPJ__c: '00000000191', MobilePhone: '5511987650001' } },
  ])
  expect(sandbox.messages('5568987650004')).toMatchObject([
    { content: { LastName: 'Ana', CPF_CNPJ__c: '11222333000181' } },
  ])
  expect(sandbox.stats('SALESFORCE')).toMatchObject({ accepted: 2, unique: 2, violations: [] })
})

test('a credential names what its login lacks, and warns of what ends and of what is not sent', async () => {
  const org = await startOrg()
  const run = (...argv: string[]) => camp(argv, { env })
  const set = (given: Record<string, unknown>) => {
    const pairs = Object.entries(given).map(([key, value]) => `${key}=${String(value)}`)
    return run('credential', 'set', 'Carteira Norte', 'Salesforce', ...pairs)
  }
  const test = () => run('credential', 'test', 'Carteira Norte', 'Salesforce')
  await succeed(run('wallet', 'add', 'Carteira Norte', '--idgis', '8'))
  const missing = await set(orgCredential(org, { auth: 'password' }))
  expect(missing.code).toBe(5)
  expect(missing.err).toMatch(/missing key "username"; missing key "password"/)
  const shared = 'https://login.salesforce.com/services/oauth2/token'
  expect((await set(orgCredential(org, { token_url: shared }))).err).toMatch(
    /"token_url": must be on the org's My Domain/,
  )

  await succeed(set(orgCredential(org, LOGINS.password)))
  expect(await succeed(test())).toMatchObject({
    err: expect.stringMatching(/stops working on 2027-02-20[\s\S]*idcob_contrato does not reach Salesforce/),
  })
  expect((await run('doctor')).out).toMatch(/of "Carteira Norte" at "Salesforce": the login with a password/)

  // To the next way to log in: what is left of the last one is named.
  const jwt = { auth: 'jwt', private_key: org.privateKey.replaceAll('\n', '\\n'), field_contract: 'Contrato__c' }
  expect((await set(jwt)).err).toMatch(/"password": contradicts auth=jwt: remove it \(password=\)/)
  const stored = await succeed(set({ ...jwt, password: '' }))
  expect(stored.err).not.toMatch(/2027-02-20|idcob_contrato/)
  const tested = await succeed(test())
  expect(tested.err).not.toMatch(/2027-02-20|idcob_contrato/)
  const shown = await succeed(run('credential', 'show', 'Carteira Norte', 'Salesforce'))
  for (const { out, err } of [stored, tested, shown]) expect(out + err).not.toContain(org.privateKey.slice(60, 120))
  await succeed(set({ auth: 'client_credentials', username: '', private_key: '' }))
  await succeed(test())
  expect(await set({ mc_account_id: '' }).then(test)).toMatchObject({ err: expect.stringContaining('HTTP 404') })
})

test('a user who cancels before the run is told what stays at Salesforce', async () => {
  const { rows } = await db.pool.query<{ id: string }>(
    `UPDATE "Campaign" SET status = 'PROCESSING', finished_at = NULL RETURNING id`,
  )
  await db.pool.query(`DELETE FROM "Batch" WHERE kind = 'CLOSING'`)
  const cancelled = await succeed(camp(['campaign', 'cancel', rows[0]!.id, '--yes'], { env }))
  expect(cancelled.err).toMatch(/warning: its contacts stay flagged/)
  const shown = await succeed(camp(['campaign', 'show', rows[0]!.id], { env }))
  expect(shown.out).toMatch(/closing +not run: its contacts stay flagged/)
})

function monthOf(now: Date): string {
  return now.toLocaleDateString('sv-SE', { timeZone: 'America/Sao_Paulo' }).slice(0, 7)
}
