import { z } from 'zod'
import {
  type Inbound,
  type InboundMessage,
  POISONED,
  type Reply,
  type RequestContext,
  type SimulatedBroker,
} from '../simulated-broker.ts'
import { readJson } from './read-request.ts'

const quirks = z.strictObject({
  /** Its answer to an accepted request, since the real one is unknown: a code, a text or an empty body. */
  answer: z.enum(['codigo', 'mensagem', 'empty']).default('codigo'),
})

/** CDA (docs/wire/cromosapp.md#rows-of-cda): five columns per row. */
export const cdaBroker = cromosBroker({
  name: 'CDA',
  path: /^\/api\/importar\/campanha$/,
  keys: {},
  row: (team, columns) => {
    const read = z.tuple([z.literal(team), phone, z.string(), document, z.string()]).safeParse(columns)
    if (!read.success) return undefined
    const [, to, name, doc, lastTwo] = read.data
    return lastTwo === doc.slice(-2) ? { key: to, phone: to, content: { name, document: doc } } : undefined
  },
})

/**
 * CDA_RCS (docs/wire/cromosapp.md#rows-of-cda_rcs): six columns per row; the last one is our own key, by which messages are
 * counted here.
 */
export const cdaRcsBroker = cromosBroker({
  name: 'CDA_RCS',
  path: /^\/api\/importarcs\/importarRcsCampanhaAPI$/,
  keys: { codigo_externo: z.string().min(1), tag_codigo_externo_mensagem: z.literal('TAG4') },
  row: (_, columns) => {
    const read = z.tuple([z.literal('1'), phone, z.string(), z.string(), document, z.uuid()]).safeParse(columns)
    if (!read.success) return undefined
    const [, to, name, contract, doc, key] = read.data
    return { key, phone: to, content: { name, contract, document: doc } }
  },
})

const phone = z.string().regex(/^55\d{10,11}$/)
const document = z.string().regex(/^(\d{11}|[0-9A-Z]{12}\d{2})?$/)

interface Import {
  name: string
  path: RegExp
  keys: Record<string, z.ZodType<string>>
  /** @returns undefined for an invalid row */
  row(team: string, columns: string[]): (InboundMessage & { content: object }) | undefined
}

/**
 * An invalid key or row is answered with a 200 and an error in the body (docs/wire/cromosapp.md#answers): the key is in the
 * body, too.
 */
function cromosBroker({ name, path, keys, row }: Import): SimulatedBroker {
  const contract = z.strictObject({
    chave_api: z.string().min(1),
    codigo_equipe: z.string().regex(/^[1-9]\d*$/),
    codigo_usuario: z.string().min(1),
    nome: z.string().min(1),
    ativo: z.literal(true),
    corpo_mensagem: z.string().min(1),
    mensagens: z.array(z.string()).min(1),
    ...keys,
  })
  const take = (request: Inbound, desk: RequestContext): Reply | typeof POISONED => {
    const { body, wrong } = readJson(request, contract, desk)
    if (wrong !== undefined) return saying({ erro: wrong })
    const rows = body.mensagens.map(line => row(body.codigo_equipe, line.split(';')))
    const bad = rows.indexOf(undefined)
    if (bad >= 0) return saying({ erro: desk.violation(`mensagens.${bad}: not the columns of ${name}`) })
    const messages = rows.flatMap(one =>
      one ? [{ ...one, content: { text: body.corpo_mensagem, campaign: body.nome, ...one.content } }] : [],
    )
    if (desk.poisoned(messages)) return POISONED
    desk.accept(messages)
    const memory = desk.memory(() => ({ taken: 0 }))
    return saying(answerOf(quirks.parse(desk.control.quirks).answer, ++memory.taken))
  }
  return {
    name,
    quirks,
    routes: [{ method: 'POST', path, sends: true, take }],
    errors: {
      '400': () => saying({ status: 'erro', mensagem: 'linha de mensagem inválida' }),
      '401': () => saying({ status: 'erro', mensagem: 'chave_api inválida' }),
    },
  }
}

function saying(body: unknown): Reply {
  return { status: 200, body }
}

function answerOf(style: z.infer<typeof quirks>['answer'], code: number): unknown {
  switch (style) {
    case 'codigo':
      return { codigo: code, mensagem: 'campanha importada' }
    case 'mensagem':
      return { mensagem: 'campanha importada' }
    case 'empty':
      return ''
  }
}
