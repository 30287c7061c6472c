import type { SimulatedBroker } from '../simulated-broker.ts'
import { cdaFace, cdaRcsFace } from './cromosapp.ts'
import { gosacFace } from './gosac.ts'
import { gupshupFace } from './gupshup.ts'
import { noahFace } from './noah.ts'
import { otimaRcsFace, otimaWppFace } from './otima.ts'
import { salesforceFace } from './salesforce/broker.ts'
import { sandboxFace } from './sandbox.ts'
import { twilioFace } from './twilio.ts'

/** Every broker that the sandbox simulates, one line each. Their paths must not overlap. */
export const FACES: readonly SimulatedBroker[] = [
  sandboxFace,
  cdaFace,
  cdaRcsFace,
  gosacFace,
  gupshupFace,
  noahFace,
  otimaRcsFace,
  otimaWppFace,
  salesforceFace,
  twilioFace,
]
