import { CampError } from '../../../errors.ts'

/** What the demo's campaign says: the same to everybody's eyes, as each broker takes it. */
const TEXT = 'Olá {{nome}}, temos uma proposta para o seu contrato {{contrato}}.'
const TEMPLATE = { code: 'proposta_v1', content: 'Olá {{1}}, temos uma proposta para o seu contrato {{2}}.' } as const

export const DEMO_TEMPLATE = TEMPLATE

const asText = ['--message', TEXT]
/** Where a request carries one text, whatever stands in it decides how many requests there are. */
const asSharedText = ['--message', 'Olá {{nome}}, temos uma proposta para você.']
const asTemplate = ['--template', TEMPLATE.code, '--var', '1=nome,2=contrato']

interface DemoBroker {
  /** key=value of its credential; every URL is the sandbox's. */
  credential: (sandbox: string) => string[]
  /** What an import is told to say. */
  content: readonly string[]
  /** It is not told with each message where to call back: the sandbox is. */
  callsOneUrl?: boolean
  /** Messages in a request, where not what the adapter says. */
  maxBatch?: number
}

const BROKERS: Readonly<Record<string, DemoBroker>> = {
  SANDBOX: { credential: url => [`url=${url}`], content: asText, maxBatch: 500 },
  GOSAC: { credential: url => [`url=${url}/api/campaigns`, 'token=demo-token'], content: asSharedText },
  CDA: { credential: url => [`url=${url}/api/importar/campanha`, 'api_key=demo-key'], content: asSharedText },
  CDA_RCS: {
    credential: url => [`url=${url}/api/importarcs/importarRcsCampanhaAPI`, 'api_key=demo-key'],
    content: asSharedText,
  },
  NOAH: { credential: url => [`url=${url}/noah`, 'token=demo-token'], content: asText },
  SALESFORCE: {
    credential: url => [
      `token_url=${url}/services/oauth2/token`,
      'client_id=demo',
      'client_secret=demo-secret',
      'username=demo@example.com',
      'password=demo-password',
      'operacao=DEMO',
      'automation_id=demo-automation',
      `mc_token_url=${url}/v2/token`,
      'mc_client_id=demo',
      'mc_client_secret=demo-secret',
      `mc_api_url=${url}`,
      'closing_delay_minutes=0',
    ],
    content: [],
    callsOneUrl: true,
  },
  OTIMA_WPP: { credential: otima, content: asTemplate },
  OTIMA_RCS: { credential: otima, content: asTemplate },
  GUPSHUP: {
    credential: url => [
      `url=${url}/wa/api/v1/template/msg`,
      'api_key=demo-key',
      'source=5511900000099',
      'app_name=AppDemo',
    ],
    content: asTemplate,
    callsOneUrl: true,
  },
  TWILIO: {
    credential: url => [
      `url=${url}`,
      'account_sid=AC00000000000000000000000000000000',
      'auth_token=demo-auth-token',
      'from=+5511900000099',
    ],
    content: asText,
  },
}

function otima(url: string): string[] {
  return [`url=${url}`, 'token=demo-token', 'broker_code=5511900000099', 'customer_code=9001']
}

const DEMO_BROKERS = Object.keys(BROKERS)

/** @throws CampError USAGE where the demo knows no such broker */
export function demoBroker(name: string): DemoBroker {
  const broker = Object.hasOwn(BROKERS, name) ? BROKERS[name] : undefined
  if (broker) return broker
  throw new CampError('INVALID_ARGUMENT', `the demo has no broker "${name}"`, {
    hint: `Choose one of ${DEMO_BROKERS.join(', ')}.`,
  })
}
