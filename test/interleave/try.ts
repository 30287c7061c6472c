import { mkdtempSync } from 'node:fs'
import { startServer, stopServer } from '../../src/database/embedded/server.ts'
import { migrate } from '../../src/database/migrations.ts'
import { checkLockOrder } from '../../src/database/lock-order.ts'
import { openStage } from './stage.ts'
import { pairs, searchPair } from './search.ts'

checkLockOrder()
const home = mkdtempSync('/dev/shm/camp-i16-')
const settings = ['fsync = off','synchronous_commit = off','full_page_writes = off','wal_level = minimal','max_wal_senders = 0','max_wal_size = 512MB','checkpoint_timeout = 1h']
const url = await startServer(home, { settings })
try {
  await migrate(url)
  const stage = await openStage(url)
  const only = process.argv[2]
  const most = Number(process.argv[3] ?? 20)
  let total = 0, t00 = Date.now()
  for (const m of pairs()) {
    const name = `${m.setting}: ${m.names.join(' × ')}`
    if (only && !name.includes(only)) continue
    const t0 = Date.now()
    const r = await searchPair(stage, m, { most, seed: 1 })
    total += r.schedules
    console.log(name, r.schedules, r.outcomes, r.deadlocks, r.isWhole ? 'whole' : '', `${Date.now() - t0} ms`, r.findings.length ? `FINDINGS ${r.findings.length}: ${JSON.stringify(r.findings[0]!.wrong)}\n${process.argv[4] ? r.findings[0]!.steps : ''}` : '')
  }
  console.log(total, (Date.now() - t00) / 1000)
  await stage.close()
} catch (e) { console.log(e) } finally {
  await stopServer(home)
}
