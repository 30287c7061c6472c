import { expect, it } from 'vitest'
import { logText } from '../../../src/cli/log-lines.ts'
import { openLog } from '../../../src/log.ts'

it('a line of the log for people has its time, the campaign, the figures and the error', () => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(logText(JSON.parse(line), 'America/Sao_Paulo').text) }
  const log = openLog('info', { destination })
  log.info(
    { event: 'campaign.finished', campaign: 'C261128-99561', leads: 3, accepted: 3, in_doubt: 0 },
    'campaign finished',
  )
  log.warn({ event: 'queue.error', err: new Error('connection lost'), times: 2 }, 'queue error')
  expect(lines).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d campaign finished: C261128-99561, leads 3, accepted 3, in doubt 0$/),
    expect.stringMatching(/^\d\d:\d\d:\d\d queue error: times 2, connection lost$/),
  ])
})
