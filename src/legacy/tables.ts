import type { Wanted } from './source/row.ts'

/** The old system's tables without their prefix, and the columns that are read. */

/** Few rows: they are held in memory. Of the two wallet tables the second is from an older version. */
export const SMALL = {
  options: ['option_id', 'option_name', 'option_value'],
  pc_carteiras_v2: ['id', 'nome', 'id_carteira', 'idgis_ambiente', 'ativo'],
  pc_carteiras: ['id', 'nome', 'id_carteira', 'idgis_ambiente', 'ativo'],
  pc_carteiras_bases_v2: ['id', 'carteira_id', 'nome_base'],
  pc_carteiras_bases: ['id', 'carteira_id', 'nome_base'],
  pc_custos_providers: ['id', 'provider', 'custo_por_disparo'],
  pc_orcamentos_bases: ['id', 'nome_base', 'orcamento_total', 'mes', 'ano'],
  cm_baits: ['id', 'telefone', 'nome', 'ativo'],
} as const satisfies Wanted

export type SmallTable = keyof typeof SMALL

/** The messages, for the first pass: which wallet has which idgis number. */
export const WALLETS_OF_SENDS = { envios_pendentes: ['id_carteira', 'idgis_ambiente'] } as const satisfies Wanted

/** Up to millions of rows: they are read in a second pass, some at a time. */
export const LARGE = {
  envios_pendentes: [
    ...[
      'id',
      'telefone',
      'nome',
      'idgis_ambiente',
      'id_carteira',
      'idcob_contrato',
      'cpf_cnpj',
      'mensagem',
      'fornecedor',
    ],
    ...['agendamento_id', 'nome_campanha', 'status', 'data_cadastro', 'data_disparo', 'resposta_api'],
  ],
  pc_blocklist: ['id', 'tipo', 'valor', 'motivo'],
} as const satisfies Wanted

/** The options of WordPress that hold credentials; all others are skipped. */
export const CREDENTIAL_OPTION = 'acm_provider_credentials'
export const SHARED_OPTION = 'acm_static_credentials'
