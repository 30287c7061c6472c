import type { ArchivedOutcome } from '../lifecycle/archived-leads.ts'

/**
 * What the old system's status of a message means. A status that may have sent it is in doubt: it counts for the frequency cap, and
 * as spent.
 */
const OUTCOMES: Readonly<Record<string, { status: 'SENT' | 'IN_DOUBT' } | { status: 'ERROR'; code: FailedCode }>> = {
  enviado: { status: 'SENT' },
  concluido: { status: 'SENT' },
  mkc_executado: { status: 'SENT' },
  // The contacts were given to the broker, and its last step is open or failed.
  agendado_mkc: { status: 'IN_DOUBT' },
  mkc_erro: { status: 'IN_DOUBT' },
  erro_mkc: { status: 'IN_DOUBT' },
  processando: { status: 'IN_DOUBT' },
  iniciado: { status: 'IN_DOUBT' },
  // The request failed in a way that the old system did not tell apart from a timeout.
  erro_envio: { status: 'IN_DOUBT' },
  erro_salesforce: { status: 'IN_DOUBT' },
  erro: { status: 'ERROR', code: 'LEGACY_FAILED' },
  erro_credenciais: { status: 'ERROR', code: 'LEGACY_FAILED' },
  erro_validacao: { status: 'ERROR', code: 'LEGACY_FAILED' },
  erro_inicio: { status: 'ERROR', code: 'LEGACY_FAILED' },
  negado: { status: 'ERROR', code: 'LEGACY_STOPPED' },
  cancelada: { status: 'ERROR', code: 'LEGACY_STOPPED' },
  pendente: { status: 'ERROR', code: 'LEGACY_OPEN' },
  pendente_aprovacao: { status: 'ERROR', code: 'LEGACY_OPEN' },
}

type FailedCode = 'LEGACY_FAILED' | 'LEGACY_STOPPED' | 'LEGACY_OPEN'

/** @param status as the old system writes it @returns undefined for a status that is not known */
export function outcomeOf(status: string): ArchivedOutcome | undefined {
  const name = status.trim().toLowerCase().replaceAll('-', '_')
  const found = Object.hasOwn(OUTCOMES, name) ? OUTCOMES[name] : undefined
  if (!found) return undefined
  const detail = `${name} in the old system`
  if (found.status === 'ERROR') return { status: 'ERROR', code: found.code, detail }
  return { status: found.status, code: null, detail: found.status === 'IN_DOUBT' ? detail : null }
}
