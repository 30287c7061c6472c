import { readFileSync } from 'node:fs'
import { Pool } from 'undici'
import { argumentOf } from './script.ts'

/** Reports each lead as delivered, as the sandbox's own callbacks do. Prints how long the answers took, in seconds. */
interface Load {
  /** Lead ids, one a line. */
  file: string
  url: string
  perRequest: number
  connections: number
}

const { file, url, perRequest, connections } = argumentOf<Load>()
const { origin, pathname: path } = new URL(url)
const ids = readFileSync(file, 'utf8').trim().split('\n')
const bodies: string[] = []
for (let from = 0; from < ids.length; from += perRequest) {
  const events = ids.slice(from, from + perRequest).map(key => ({
    key,
    id: `sbx-${key}`,
    status: 'delivered',
    at: new Date().toISOString(),
  }))
  bodies.push(JSON.stringify(events))
}

const pool = new Pool(origin, { connections })
const headers = { 'content-type': 'application/json' }
const from = performance.now()
const waiting = bodies.values()
async function caller(): Promise<void> {
  for (const body of waiting) {
    const answer = await pool.request({ method: 'POST', path, headers, body })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`)
  }
}
await Promise.all(Array.from({ length: connections }, caller))
process.stdout.write(`${(performance.now() - from) / 1000}\n`)
await pool.close()
