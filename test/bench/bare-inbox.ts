import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { argumentOf } from './script.ts'

/**
 * The least that accepts callbacks durably: reads a body, and answers 200 after the commit of the INSERT that holds its events. One
 * commit every 5 ms, for all that has come. Nothing is verified, and nothing applied.
 */
const EVERY_MS = 5

interface StatusEvent {
  key: string
  status: string
  at: string
}

const pool = new pg.Pool({ connectionString: argumentOf<{ url: string }>().url, max: 4 })
await pool.query(
  `CREATE TABLE IF NOT EXISTS bench_inbox
     (id bigserial PRIMARY KEY, lead_id uuid, status text, at timestamptz, received_at timestamptz DEFAULT now())`,
)

let waiting: { events: StatusEvent[]; response: ServerResponse }[] = []
setInterval(store, EVERY_MS)

async function store(): Promise<void> {
  if (waiting.length === 0) return
  const group = waiting
  waiting = []
  const events = group.flatMap(one => one.events)
  await pool.query({
    name: 'store',
    text: `INSERT INTO bench_inbox (lead_id, status, at) SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])`,
    values: [events.map(one => one.key), events.map(one => one.status), events.map(one => one.at)],
  })
  for (const { response } of group) response.writeHead(200, { 'content-length': '0' }).end()
}

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', part => parts.push(part))
  request.on('end', () => waiting.push({ events: JSON.parse(Buffer.concat(parts).toString('utf8')), response }))
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/\n`)
})
