import type { SimulatedBroker } from '../simulated-broker.ts'
import { cdaBroker, cdaRcsBroker } from './cromosapp.ts'
import { gosacBroker } from './gosac.ts'
import { gupshupBroker } from './gupshup.ts'
import { metaBroker } from './meta.ts'
import { noahBroker } from './noah.ts'
import { otimaRcsBroker, otimaWppBroker } from './otima.ts'
import { salesforceBroker } from './salesforce/broker.ts'
import { sandboxBroker } from './sandbox.ts'
import { twilioBroker } from './twilio.ts'

/** Every broker that the sandbox simulates, one line each. Their paths must not overlap. */
export const SIMULATED_BROKERS: readonly SimulatedBroker[] = [
  sandboxBroker,
  cdaBroker,
  cdaRcsBroker,
  gosacBroker,
  gupshupBroker,
  metaBroker,
  noahBroker,
  otimaRcsBroker,
  otimaWppBroker,
  salesforceBroker,
  twilioBroker,
]
