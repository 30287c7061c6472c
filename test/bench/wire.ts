import { Pool } from 'undici'
import { z } from 'zod'
import { twilioCredential } from '../support/fixtures.ts'

/** The requests that the loops write: the same that camp's adapters write for the same lead, without their checks. */
export interface Lead {
  id: string
  phone: string
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
}

/** A broker whose requests carry one message, or one text. */
export interface SingleBroker {
  adapter: 'GOSAC' | 'CDA' | 'TWILIO'
  /** What camp is given. */
  credential(sandbox: string): object
  path: string
  headers: Readonly<Record<string, string>>
  body(lead: Lead): string
}

const JSON_TYPE = { 'content-type': 'application/json' } as const
const TOKEN = 'bench-token'

export const GOSAC: SingleBroker = {
  adapter: 'GOSAC',
  credential: sandbox => ({ url: `${sandbox}/api/campaigns`, token: TOKEN }),
  path: '/api/campaigns',
  headers: { ...JSON_TYPE, authorization: TOKEN },
  body: ({ phone, nome, idcob_contrato }) =>
    JSON.stringify({
      name: 'bench',
      message: textOf(nome, idcob_contrato),
      kind: 'whats',
      connectionId: null,
      contacts: [{ name: nome, number: phone, hasWhatsapp: true }],
      defaultQueueId: 1,
      initialMinutes: 0,
      endMinutes: 1439,
      customProps: [],
      scheduled: false,
      scheduledAt: '2026-12-01T12:00:00.000Z',
      speed: 'low',
      tagId: 0,
      templateId: null,
    }),
}

export const CDA: SingleBroker = {
  adapter: 'CDA',
  credential: sandbox => ({ url: `${sandbox}/api/importar/campanha`, api_key: TOKEN }),
  path: '/api/importar/campanha',
  headers: JSON_TYPE,
  body: ({ phone, nome, cpf_cnpj, idcob_contrato }) =>
    JSON.stringify({
      chave_api: TOKEN,
      codigo_equipe: '1',
      codigo_usuario: '1',
      nome: 'bench',
      ativo: true,
      corpo_mensagem: textOf(nome, idcob_contrato),
      mensagens: [['1', phone, nome, cpf_cnpj ?? '', (cpf_cnpj ?? '').slice(-2)].join(';')],
    }),
}

const ACCOUNT = twilioCredential('')

export const TWILIO: SingleBroker = {
  adapter: 'TWILIO',
  credential: twilioCredential,
  path: `/2010-04-01/Accounts/${ACCOUNT.account_sid}/Messages.json`,
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    authorization: `Basic ${Buffer.from(`${ACCOUNT.account_sid}:${ACCOUNT.auth_token}`).toString('base64')}`,
  },
  body: ({ phone, nome, idcob_contrato }) =>
    new URLSearchParams({
      To: `+${phone}`,
      From: ACCOUNT.from,
      Body: textOf(nome, idcob_contrato),
      ValidityPeriod: '3600',
    }).toString(),
}

function textOf(nome: string | null, contract: string | null): string {
  return `Olá ${nome}, temos uma proposta para o seu contrato ${contract}.`
}

/** Sends single messages. @param connections open at once */
export function openSender(sandbox: string, { path, headers, body }: SingleBroker, connections: number) {
  const pool = new Pool(sandbox, { connections })
  return {
    /** @returns the broker's answer @throws Error if the broker refuses it */
    send: async (lead: Lead): Promise<string> => {
      const answer = await pool.request({ method: 'POST', path, headers, body: body(lead) })
      const text = await answer.body.text()
      if (answer.statusCode >= 300 || text.startsWith('{"erro"')) throw new Error(`HTTP ${answer.statusCode}: ${text}`)
      return text
    },
    close: () => pool.close(),
  }
}

const answered = z.object({ results: z.array(z.object({ key: z.string(), id: z.string() })) })

/** In bulk: what camp's campaign sends, word for word. */
export function openBulkSender(sandbox: string, connections: number) {
  const pool = new Pool(sandbox, { connections })
  return {
    send: async (leads: readonly Lead[]) => {
      const messages = leads.map(({ id, phone, nome, idcob_contrato }) => ({
        key: id,
        phone,
        name: nome,
        text: textOf(nome, idcob_contrato),
      }))
      const body = JSON.stringify({ name: 'bench', messages })
      const answer = await pool.request({ method: 'POST', path: '/v1/messages', headers: JSON_TYPE, body })
      return answered.parse(await answer.body.json()).results
    },
    close: () => pool.close(),
  }
}
