import { type StoredText, t } from '../text.ts'

/** Why rows of the old system are refused. */
export const LEGACY: readonly StoredText[] = [
  // Rows of the old system that are refused.
  () => t`its id is not a whole number up to 2147483647`,
  () => t`it has no agendamento_id`,
  status => t`the status ${status!}`,
  () => t`it has no status`,
  () => t`no wallet has its id_carteira or its idgis_ambiente`,
  () => t`its data_cadastro or data_disparo is not a date and a time`,
  column => t`${column!} has a byte that is no character`,
  column => t`${column!} has a NUL, which cannot be stored`,
  () => t`its id_carteira is empty`,
  () => t`its name cannot be used`,
  n => t`another wallet of this import has the idgis number ${n!}`,
  (n, m) => t`a wallet with its name has the idgis number ${n!}, not ${m!}`,
  id => t`no message has its idgis number: --idgis ${id!}=NUMBER`,
  (list, id) => t`its messages have the idgis numbers ${list!}: --idgis ${id!}=NUMBER`,
  provider => t`the price of ${provider!} is not an amount above 0`,
  (provider, name) => t`no adapter is known for the provider ${provider!}: --broker ${name!}=BROKER`,
  (name, adapter) => t`the old system has no price for it: camp broker add ${name!} --adapter ${adapter!} --cost
    PRICE`,
  (adapter, provider) => t`several brokers have the adapter ${adapter!}: --broker ${provider!}=BROKER`,
  () => t`it is not what PHP serializes`,
  () => t`no wallet has this idgis number or id`,
  () => t`another entry is for the same wallet and broker`,
  (adapter, keys) => t`keys that ${adapter!} does not have: ${keys!}`,
  () => t`it has no month and year`,
  () => t`its orcamento_total is not an amount`,
  () => t`no wallet has its base`,
  () => t`several wallets have its base`,
  month => t`camp has another limit for ${month!}, which stays`,
  () => t`it is switched off`,
  () => t`it has no valid phone`,
  () => t`its tipo is neither telefone nor cpf`,
  status => t`${status!} in the old system`,
  () => t`sent by the old system`,
]
