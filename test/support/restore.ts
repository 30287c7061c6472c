import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'
import { withDatabase } from './server.ts'

/** A copy of a database on the tests' server, dropped with the test. @returns its URL */
export async function copyOf(url: string): Promise<string> {
  const name = `camp_copy_${randomBytes(6).toString('hex')}`
  await onServer(client => make(client, name, nameOf(url)))
  onTestFinished(() => onServer(client => drop(client, name)))
  return withDatabase(inject('postgresUrl'), name)
}

/** What a restored backup does: the database of `url` is dropped, and is what `backup` is. */
export async function restoreFrom(backup: string, url: string): Promise<void> {
  await onServer(async client => {
    await drop(client, nameOf(url))
    await make(client, nameOf(url), nameOf(backup))
  })
}

const nameOf = (url: string) => new URL(url).pathname.slice(1)

async function onServer(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(inject('postgresUrl'), 'postgres') })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** Its connections are cut, and none comes back until it is copied. */
async function make(client: pg.Client, name: string, template: string): Promise<void> {
  await client.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`)
  try {
    await client.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1`, [template])
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  } finally {
    await client.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS true`)
  }
}

async function drop(client: pg.Client, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
}
