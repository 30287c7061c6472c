import { serialize } from 'php-serialize'

/** The old system's tables as its plugin creates them, with a row for each thing that an import may meet. */

type Value = string | number | null

/** The CREATE TABLE of a table, and its rows. */
export interface LegacyTable {
  create: string
  rows: readonly (readonly Value[])[]
}

export const KEY = 'a-key-that-must-stay-secret'

const shared = { cda_api_url: 'https://cda.example.com', cda_api_key: `${KEY}-cda`, sf_client_id: 'client' }
const credentials = {
  gosac: { 10: { url: 'https://gosac.example.com', token: KEY, channel_ids: [] }, 99: { url: 'x', token: KEY } },
  cda: { 20: {} },
  salesforce: { 10: { operacao: 'op', automation_id: 'auto' } },
  rcs: { 10: { url: 'https://rcs.example.com', token: KEY } },
}

const PHONES = ['11987650001', '(11) 98765-0002', '5511987650003', '1187650004', '11987650005', '11987650006']

/** @param on a day of the messages, as MySQL writes it */
export function legacyTables(on: string): Record<string, LegacyTable> {
  const send = (id: number, status: string | null, columns: Partial<Record<SendColumn, Value>> = {}) =>
    SEND_COLUMNS.map(column => ({ ...usual(id, on), status, ...columns })[column] ?? null)
  return {
    envios_pendentes: {
      create: `id bigint(20) NOT NULL AUTO_INCREMENT,
  telefone varchar(20) NOT NULL,
  nome varchar(255) DEFAULT NULL,
  idgis_ambiente int(11) DEFAULT NULL,
  id_carteira varchar(100) DEFAULT NULL,
  idcob_contrato bigint(20) DEFAULT NULL,
  cpf_cnpj varchar(20) DEFAULT NULL,
  mensagem text,
  fornecedor varchar(50) DEFAULT NULL,
  agendamento_id varchar(100) DEFAULT NULL,
  status varchar(50) DEFAULT 'pendente',
  data_cadastro datetime DEFAULT NULL,
  data_disparo datetime DEFAULT NULL,
  PRIMARY KEY (id)`,
      rows: [
        send(1, 'enviado'),
        send(2, 'Enviado', { mensagem: `It's "\\o/";\n(linha 2), 😀`, nome: 'João', idcob_contrato: 777 }),
        send(3, 'processando'),
        send(4, 'pendente', { data_disparo: null }),
        send(5, 'negado', { data_disparo: '0000-00-00 00:00:00' }),
        send(6, 'erro_validacao'),
        send(7, 'enviado', { agendamento_id: 'A2', id_carteira: 'W2', idgis_ambiente: 20, fornecedor: 'CDA' }),
        send(8, 'enviado', { agendamento_id: 'A2', id_carteira: null }),
        send(9, 'talvez'),
        send(10, 'enviado', { fornecedor: 'pombo' }),
        send(11, 'enviado', { telefone: '123' }),
        send(12, 'enviado', { id_carteira: 'W9', idgis_ambiente: null }),
        send(13, 'enviado', { data_disparo: '2026-02-30 10:00:00' }),
        send(14, 'enviado', { agendamento_id: '' }),
      ],
    },
    pc_carteiras_v2: {
      create: `id bigint(20) NOT NULL AUTO_INCREMENT,
  nome varchar(255) NOT NULL,
  id_carteira varchar(100) NOT NULL,
  ativo tinyint(1) DEFAULT 1,
  PRIMARY KEY (id)`,
      rows: [
        [1, 'Carteira Norte', 'W1', 1],
        [2, 'Carteira Sul', 'W2', 1],
        [3, 'Carteira Vazia', 'W3', 1],
      ],
    },
    pc_carteiras_bases_v2: {
      create: 'id bigint(20) NOT NULL,\n  carteira_id bigint(20) NOT NULL,\n  nome_base varchar(150) NOT NULL',
      rows: [
        [1, 1, 'VW_BASE1'],
        [2, 1, 'VW_BASE2'],
        [3, 2, 'VW_BASE3'],
      ],
    },
    pc_custos_providers: {
      create: `id bigint(20) NOT NULL,
  provider varchar(50) NOT NULL,
  custo_por_disparo decimal(10,4) NOT NULL DEFAULT 0.0000`,
      rows: [
        [1, 'gosac', '0.1250'],
        [2, 'cda', '0.0450'],
        [3, 'salesforce', '0.0000'],
        [4, 'pombo', '0.1000'],
      ],
    },
    pc_orcamentos_bases: {
      create: `id bigint(20) NOT NULL,
  nome_base varchar(150) NOT NULL,
  orcamento_total decimal(10,2) NOT NULL DEFAULT 0.00,
  mes int(2) NOT NULL DEFAULT 0,
  ano int(4) NOT NULL DEFAULT 0`,
      rows: [
        [1, 'VW_BASE1', '1000.10', Number(on.slice(5, 7)), Number(on.slice(0, 4))],
        [2, 'VW_BASE2', '500.25', Number(on.slice(5, 7)), Number(on.slice(0, 4))],
        [3, 'VW_BASE3', '70.00', 0, 0],
        [4, 'VW_BASE9', '70.00', 1, 2026],
      ],
    },
    cm_baits: {
      create: `id bigint(20) NOT NULL,
  telefone varchar(20) NOT NULL,
  nome varchar(255) NOT NULL,
  ativo tinyint(1) DEFAULT 1`,
      rows: [
        [1, '11912340001', 'Isca Um', 1],
        [2, '11912340002', 'Isca Dois', 0],
        [3, 'sem telefone', 'Isca Três', 1],
      ],
    },
    pc_blocklist: {
      create: `id bigint(20) NOT NULL,
  tipo varchar(20) NOT NULL,
  valor varchar(20) NOT NULL,
  motivo text`,
      rows: [
        [1, 'telefone', '11955550001', 'pediu'],
        [2, 'cpf', '529.982.247-25', null],
        [3, 'cpf', '111', null],
        [4, 'email', 'a@b.c', null],
      ],
    },
    options: {
      create: `option_id bigint(20) unsigned NOT NULL,
  option_name varchar(191) NOT NULL DEFAULT '',
  option_value longtext NOT NULL`,
      rows: [
        [1, 'siteurl', 'https://painel.example.com'],
        [2, 'acm_master_api_key', KEY],
        [3, 'acm_provider_credentials', serialize(credentials)],
        [4, 'acm_static_credentials', serialize(shared)],
      ],
    },
  }
}

const SEND_COLUMNS = [
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
  ...['agendamento_id', 'status', 'data_cadastro', 'data_disparo'],
] as const
type SendColumn = (typeof SEND_COLUMNS)[number]

function usual(id: number, on: string): Record<SendColumn, Value> {
  return {
    id,
    telefone: PHONES[(id - 1) % PHONES.length]!,
    nome: 'Ana',
    idgis_ambiente: 10,
    id_carteira: 'W1',
    idcob_contrato: 0,
    cpf_cnpj: '529.982.247-25',
    mensagem: 'Olá Ana',
    fornecedor: 'gosac',
    agendamento_id: 'A1',
    status: null,
    data_cadastro: `${on} 09:00:00`,
    data_disparo: `${on} 10:00:00`,
  }
}

/** As mysqldump writes it. */
export function dumpOf(tables: Readonly<Record<string, LegacyTable>>, prefix = 'wp_'): string {
  const parts = Object.entries(tables).map(([name, table]) => dumpedTable(`${prefix}${name}`, table))
  return `-- MySQL dump 10.13\n/*!40101 SET NAMES utf8mb4 */;\n${parts.join('')}-- Dump completed\n`
}

/** CREATE TABLE, and one INSERT for all rows. */
export function dumpedTable(name: string, table: LegacyTable): string {
  return `${structureOf(name, table)}INSERT INTO \`${name}\` VALUES ${table.rows.map(dumpedTuple).join(',')};\n`
}

export function structureOf(name: string, { create }: LegacyTable): string {
  return `CREATE TABLE \`${name}\` (\n  ${create.replace(/^ *(\w+) (?!KEY)/gm, '  `$1` ')}\n);\n`
}

export function dumpedTuple(row: readonly Value[]): string {
  return `(${row.map(literal).join(',')})`
}

/** A value as MySQL writes it. */
function literal(value: Value): string {
  if (value === null) return 'NULL'
  if (typeof value === 'number') return String(value)
  return `'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`
}
