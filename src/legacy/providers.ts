/** The old system's names of brokers, and its credentials in the keys of our adapters. */

/** By the old name in lower case. A name that means different brokers in different versions ("rcs") is in none. */
const ADAPTERS: Readonly<Record<string, string>> = {
  gosac: 'GOSAC',
  cda: 'CDA',
  cda_rcs: 'CDA_RCS',
  rcs_cda: 'CDA_RCS',
  noah: 'NOAH',
  salesforce: 'SALESFORCE',
  otima_wpp: 'OTIMA_WPP',
  otimawpp: 'OTIMA_WPP',
  whatsapp_otima: 'OTIMA_WPP',
  wpp_otima: 'OTIMA_WPP',
  otima_rcs: 'OTIMA_RCS',
  otimarcs: 'OTIMA_RCS',
  rcs_otima: 'OTIMA_RCS',
}

/** The form in which providers are compared: lower case, with underscores. */
export function providerName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
}

/** @param provider `providerName` @returns undefined for one that is not known */
export function adapterNameOf(provider: string): string | undefined {
  return Object.hasOwn(ADAPTERS, provider) ? ADAPTERS[provider] : undefined
}

interface KeyMap {
  /** Keys of acm_provider_credentials, and the adapter's key for each. */
  own: Readonly<Record<string, string>>
  /** Keys of acm_static_credentials, which all wallets share; used where the wallet has no value of its own. */
  shared: Readonly<Record<string, string>>
}

const KEYS: Readonly<Record<string, KeyMap>> = {
  GOSAC: { own: { url: 'url', token: 'token' }, shared: {} },
  NOAH: { own: { url: 'url', token: 'token' }, shared: {} },
  CDA: {
    own: { url: 'url', token: 'api_key', api_key: 'api_key' },
    shared: { cda_api_url: 'url', cda_api_key: 'api_key' },
  },
  CDA_RCS: {
    own: { url: 'url', token: 'api_key', chave_api: 'api_key' },
    shared: { rcs_base_url: 'url', rcs_chave_api: 'api_key' },
  },
  SALESFORCE: {
    own: { operacao: 'operacao', automation_id: 'automation_id' },
    shared: {
      sf_client_id: 'client_id',
      sf_client_secret: 'client_secret',
      sf_username: 'username',
      sf_password: 'password',
      sf_token_url: 'token_url',
      mkc_client_id: 'mc_client_id',
      mkc_client_secret: 'mc_client_secret',
      mkc_token_url: 'mc_token_url',
      mkc_api_url: 'mc_api_url',
      mkc_account_id: 'mc_account_id',
    },
  },
  OTIMA_WPP: {
    own: { token: 'token', broker_code: 'broker_code', customer_code: 'customer_code', url: 'url' },
    shared: {
      otima_wpp_token: 'token',
      otima_wpp_broker_code: 'broker_code',
      otima_wpp_customer_code: 'customer_code',
    },
  },
  OTIMA_RCS: {
    own: { token: 'token', broker_code: 'broker_code', customer_code: 'customer_code', url: 'url' },
    shared: { otima_rcs_token: 'token', otima_rcs_customer_code: 'customer_code' },
  },
}

/** A credential in the keys of an adapter. */
export interface MappedCredential {
  config: Record<string, string>
  /** The names of the wallet's own keys that the adapter has no key for. */
  unknown: string[]
}

function isEmpty(value: unknown): boolean {
  return value === '' || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}

/** @param own a wallet's entry of acm_provider_credentials @param shared acm_static_credentials */
export function mapCredential(
  adapter: string,
  own: Readonly<Record<string, unknown>>,
  shared: Readonly<Record<string, unknown>>,
): MappedCredential {
  const keys = KEYS[adapter] ?? { own: {}, shared: {} }
  const config: Record<string, string> = {}
  const take = (from: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>) => {
    for (const [name, key] of Object.entries(names)) {
      const value = from[name]
      if ((typeof value === 'string' || typeof value === 'number') && value !== '') config[key] = String(value)
    }
  }
  take(shared, keys.shared)
  take(own, keys.own)
  return { config, unknown: Object.keys(own).filter(name => !Object.hasOwn(keys.own, name) && !isEmpty(own[name])) }
}
