import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let root: string | undefined
const shared = new Map<string, string>()

/** A new, empty folder. It is removed, with all that is in it, when the test file ends. */
export function scratchFolder(name: string): string {
  if (root === undefined) {
    root = mkdtempSync(join(tmpdir(), 'camp-scratch-'))
    // PostgreSQL's user walks through it, where camp runs as root.
    chmodSync(root, 0o711)
  }
  return mkdtempSync(join(root, `${name}-`))
}

/** One folder for all of a test file that ask for this name. */
export function sharedScratchFolder(name: string): string {
  const known = shared.get(name)
  if (known !== undefined) return known
  const folder = scratchFolder(name)
  shared.set(name, folder)
  return folder
}

/** Called by scratch-end.ts. */
export function removeScratchFolders(): void {
  // A process that was killed may write its last file meanwhile.
  if (root !== undefined) rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  root = undefined
  shared.clear()
}
