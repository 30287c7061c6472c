import type { Face } from '../face.ts'
import { salesforceFace } from './salesforce/face.ts'
import { sandboxFace } from './sandbox.ts'

/** Every broker that the sandbox can be, one line each. Their paths must not meet. */
export const FACES: readonly Face[] = [salesforceFace, sandboxFace]
