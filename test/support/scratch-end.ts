import { afterAll } from 'vitest'
import { removeScratchFolders } from './scratch.ts'

// The first hook of each file is the last to run: what the file's own hooks stop has stopped by then.
afterAll(removeScratchFolders)
