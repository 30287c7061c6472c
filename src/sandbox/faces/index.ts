import type { Face } from '../face.ts'
import { cdaFace, cdaRcsFace } from './cromosapp.ts'
import { gosacFace } from './gosac.ts'
import { noahFace } from './noah.ts'
import { sandboxFace } from './sandbox.ts'

/** Every broker that the sandbox can be, one line each. Their paths must not meet. */
export const FACES: readonly Face[] = [sandboxFace, cdaFace, cdaRcsFace, gosacFace, noahFace]
