/** Something did not come about in its time: always a finding, also where a service was away meanwhile. */
export class NotInTime extends Error {}

const waiting = new Set<string>()

/** What is waited for at this moment. */
export function waitedFor(): string[] {
  return [...waiting]
}

/** @returns what the promise gives @throws NotInTime, naming what was waited for */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NotInTime(`${what}: waited for ${Math.round(ms / 1000)} s in vain`)), ms)
  })
  waiting.add(what)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
    waiting.delete(what)
  }
}
