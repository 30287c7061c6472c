import { hash, verify } from '@node-rs/argon2'

/** Argon2id with the parameters of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one thread. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

// A longer one is not a password but an attack on the server's memory.
const LONGEST = 1024

/** @param password one that `assertGoodPassword` has accepted */
export async function hashPassword(password: string): Promise<string> {
  return hash(normal(password), ARGON2ID)
}

/** @param stored null if there is no such user or no password: the answer then takes as long, and is false */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  if (password.length > LONGEST) return false
  if (stored !== null) return verify(stored, normal(password))
  await hash(normal(password), ARGON2ID)
  return false
}

/** One password for all ways in which a terminal composes accents (NIST SP 800-63B). */
function normal(password: string): string {
  return password.normalize('NFKC')
}
