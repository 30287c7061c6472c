import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Adapter } from './port.ts'
import { storable } from './storable.ts'

/** One line per broker; loaded on first use. */
const ADAPTERS: Readonly<Record<string, () => Promise<Adapter>>> = {
  CDA: async () => (await import('./cromosapp/cda.ts')).cda,
  CDA_RCS: async () => (await import('./cromosapp/cda-rcs.ts')).cdaRcs,
  GOSAC: async () => (await import('./gosac/adapter.ts')).gosac,
  GUPSHUP: async () => (await import('./gupshup/adapter.ts')).gupshup,
  META_WPP: async () => (await import('./meta/adapter.ts')).meta,
  NOAH: async () => (await import('./noah/adapter.ts')).noah,
  OTIMA_RCS: async () => (await import('./otima/adapter.ts')).otimaRcs,
  OTIMA_WPP: async () => (await import('./otima/adapter.ts')).otimaWpp,
  SALESFORCE: async () => (await import('./salesforce/adapter.ts')).salesforce,
  SANDBOX: async () => (await import('./sandbox/adapter.ts')).sandbox,
  TWILIO: async () => (await import('./twilio/adapter.ts')).twilio,
}

/** The values of `camp broker add --adapter`. */
export const ADAPTER_NAMES: readonly string[] = Object.keys(ADAPTERS)

/** Adapters loaded so far. */
const known = new Map<string, Adapter>()

/**
 * @returns the adapter; its results may be stored (storable.ts)
 * @throws CampError DATA if there is no such adapter
 */
export async function adapterOf(name: string): Promise<Adapter> {
  const adapter = known.get(name)
  if (adapter) return adapter
  const load = Object.hasOwn(ADAPTERS, name) ? ADAPTERS[name] : undefined
  if (load) {
    const loaded = storable(await load())
    known.set(name, loaded)
    return loaded
  }
  throw new CampError('ADAPTER_UNKNOWN', t`there is no adapter "${name}"`, {
    hint: t`Adapters: ${ADAPTER_NAMES.join(', ')}.`,
  })
}
