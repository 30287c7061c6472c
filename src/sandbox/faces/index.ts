import type { Face } from '../face.ts'
import { gupshupFace } from './gupshup.ts'
import { otimaRcsFace, otimaWppFace } from './otima.ts'
import { sandboxFace } from './sandbox.ts'
import { twilioFace } from './twilio.ts'

/** Every broker that the sandbox can be, one line each. Their paths must not meet. */
export const FACES: readonly Face[] = [gupshupFace, otimaRcsFace, otimaWppFace, sandboxFace, twilioFace]
