import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { salesforce } from '../../../../src/broker/salesforce/adapter.ts'
import { flawOf } from '../../../../src/security/credentials.ts'
import { salesforceCredential } from '../../../support/salesforce.ts'

const pem = (type: 'rsa' | 'rsa-pss', modulusLength: number) =>
  generateKeyPairSync(type as 'rsa', { modulusLength }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const KEY = pem('rsa', 2048)

/** The whole credential without the keys of a login; undefined takes a key away. */
const given = (change: Record<string, unknown>) => {
  const all = { ...salesforceCredential('https://acme.my.salesforce.com'), ...NO_LOGIN, ...change }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
const NO_LOGIN = { client_secret: undefined, username: undefined, password: undefined }
const parse = (change: Record<string, unknown>) => salesforce.credential.safeParse(given(change))
const flaw = (change: Record<string, unknown>) => {
  const { error } = parse(change)
  return error && flawOf(given(change), error)
}

const USER = { username: 'api@example.com' }
const SECRET = { client_secret: 's' }

describe('the keys of a login', () => {
  test.each<[string, Record<string, unknown>]>([
    ['password', { ...SECRET, ...USER, password: 'p' }],
    ['password, as it says', { auth: 'password', ...SECRET, ...USER, password: 'p' }],
    ['client_credentials', SECRET],
    ['client_credentials, as it says', { auth: 'client_credentials', ...SECRET }],
    ['jwt', { ...USER, private_key: KEY }],
    ['jwt with the secret of its app', { ...SECRET, ...USER, private_key: KEY }],
    ['jwt on one line', { auth: 'jwt', ...USER, private_key: KEY.replaceAll('\n', '\\n') }],
    ['jwt with CRLF', { auth: 'jwt', ...USER, private_key: KEY.replaceAll('\n', '\\r\\n') }],
    ['jwt in PKCS#1', { ...USER, private_key: pkcs1() }],
    ['jwt with its own audience', { ...USER, private_key: KEY, jwt_audience: 'https://acme.my.site.com' }],
  ])('fit: %s', (_, keys) => {
    expect(flaw(keys)).toBeUndefined()
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['nothing at all', {}, 'missing key "client_secret"'],
    ['a user without a password', { ...SECRET, ...USER }, 'missing key "password"'],
    [
      'a password without a user and a secret',
      { password: 'p' },
      'missing key "client_secret"; missing key "username"',
    ],
    ['a key without a user', { private_key: KEY }, 'missing key "username"'],
    ['auth=jwt without its keys', { auth: 'jwt' }, 'missing key "username"; missing key "private_key"'],
    [
      'a password beside a key',
      { ...USER, password: 'p', private_key: KEY },
      '"password": contradicts auth=jwt: remove it (password=)',
    ],
    [
      'a key beside auth=password',
      { auth: 'password', ...SECRET, ...USER, password: 'p', private_key: KEY },
      '"private_key": contradicts auth=password: remove it (private_key=)',
    ],
    [
      'a user beside auth=client_credentials',
      { auth: 'client_credentials', ...SECRET, ...USER },
      '"username": contradicts auth=client_credentials: remove it (username=)',
    ],
    ['another auth', { auth: 'saml', ...SECRET }, '"auth": '],
    ['no PEM', { ...USER, private_key: 'secret words' }, '"private_key": must be a private key in PEM'],
    ['a PEM cut short', { ...USER, private_key: KEY.slice(0, 400) }, '"private_key": must be a private key in PEM'],
    [
      'a public key',
      {
        ...USER,
        private_key: generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
          type: 'spki',
          format: 'pem',
        }),
      },
      '"private_key": must be a private key in PEM',
    ],
    ['a key with a passphrase', { ...USER, private_key: encrypted() }, '"private_key": must be a private key in PEM'],
    ['an EC key', { ...USER, private_key: ec() }, '"private_key": must be an RSA key, and is of the type ec'],
    ['an RSA-PSS key', { ...USER, private_key: pem('rsa-pss', 2048) }, 'is of the type rsa-pss'],
    ['a short key', { ...USER, private_key: pem('rsa', 1024) }, 'must have at least 2048 bits, and has 1024'],
  ])('do not fit: %s', (_, keys, expected) => {
    expect(flaw(keys)).toContain(expected)
    expect(flaw(keys)).not.toContain('secret words')
  })

  test.each(['login', 'test', 'LOGIN'])('with client_credentials are refused on %s.salesforce.com', host => {
    const token_url = `https://${host}.salesforce.com/services/oauth2/token`
    expect(flaw({ ...SECRET, token_url })).toContain('"token_url": must be on the org\'s My Domain')
    expect(flaw({ ...SECRET, ...USER, password: 'p', token_url })).toBeUndefined()
    expect(flaw({ ...USER, private_key: KEY, token_url })).toBeUndefined()
  })
})

function pkcs1(): unknown {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' })
}

function encrypted(): unknown {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
}

function ec(): unknown {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
}

describe('the other keys', () => {
  test('have their defaults', () => {
    expect(parse(SECRET).data).toMatchObject({
      api_version: 'v59.0',
      closing_delay_minutes: 15,
      object: 'Contact',
      field_phone: 'MobilePhone',
      flag_value: 'true',
      duplicates: 'refuse',
    })
  })

  test.each<[string, Record<string, unknown>]>([
    ['an unknown key', { token: 'x' }],
    ['an external-id field that is none', { external_id_field: 'Id' }],
    ['an external-id field that is a path', { external_id_field: '../x__c' }],
    ['a version that is none', { api_version: '59' }],
    ['a delay that is none', { closing_delay_minutes: '-1' }],
    ['a URL that is none', { mc_api_url: 'ftp://x' }],
    ['no automation', { automation_id: undefined }],
    ['an empty secret', { client_secret: '' }],
    ['a business unit that is none', { mc_account_id: 'Sul' }],
    ['an object that is a path', { object: 'Contact/x' }],
    ['a field that is a path', { field_contract: '../x__c' }],
    ['a field that is part of each record', { field_contract: 'attributes' }],
    ['the field of the record’s id', { field_contract: 'ID' }],
    ['a field with a space', { field_contract: 'Contrato c' }],
    ['a field that ends with an underscore', { field_contract: 'Contrato_' }],
    ['extra fields without a column', { extra_fields: 'Valor__c' }],
    ['an extra field that is none', { extra_fields: 'Valor__c=valor,9x=valor' }],
    ['another way with duplicates', { duplicates: 'true' }],
  ])('may not have %s', (_, change) => {
    expect(flaw({ ...SECRET, ...change })).toBeTypeOf('string')
  })

  test.each<[Record<string, unknown>, string]>([
    [{ field_contract: 'CPF_CNPJ__c' }, 'field_document and field_contract name the same field, CPF_CNPJ__c'],
    [{ field_phone: 'lastname' }, 'field_phone and field_name name the same field, LastName'],
    [{ extra_fields: 'A__c=a,a__c=b' }, 'extra_fields and extra_fields name the same field, a__c'],
  ])('may not name a field twice: %o', (change, expected) => {
    expect(flaw({ ...SECRET, ...change })).toBe(expected)
  })

  test.each(['Contact', 'PersonMobilePhone', 'Telefone__c', 'acme__Telefone_2__c', 'Phone__pc'])(
    'may name %s as a field',
    field_contract => {
      expect(flaw({ ...SECRET, field_contract })).toBeUndefined()
    },
  )

  test('are warned of: a login that ends, and a contract that is not sent', () => {
    const warnings = (change: Record<string, unknown>) =>
      salesforce.warnings!(parse({ ...SECRET, ...change }).data!, undefined)
    expect(warnings({ ...USER, password: 'p' })).toEqual([
      expect.stringContaining('stops working on 2027-02-20'),
      'idcob_contrato does not reach Salesforce until field_contract is set',
    ])
    expect(warnings({ field_contract: 'Contrato__c' })).toEqual([])
  })
})
