import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { address, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  worker(program).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.work)),
      { actsForNoUser: true },
    ),
  )
}

export const worker = (parent: Parent) =>
  addCommand(parent, 'worker', t`send running campaigns and listen for callbacks`, [
    'camp worker --listen 0.0.0.0:8080',
    "camp worker --brokers 'Gupshup 1,Twilio' --concurrency 4",
  ])
    .option('--brokers <names>', t`only these brokers, separated by commas`, names)
    .option('--concurrency <n>', t`batches per broker that are processed at once`, wholeNumber(1, 256), 8)
    .option('--listen <host:port>', t`callbacks, /healthz, /readyz (port 0: any free one)`, address)
    .option('--metrics <host:port>', t`answer /metrics there, for Prometheus`, address)
    .addHelpText(
      'after',
      `\n${t`Any number of workers may run, on any number of machines. SIGTERM, SIGINT or SIGHUP ends one within 30
        seconds: no new claims, requests in flight are settled; a second signal ends it at once. It waits for an
        unavailable database or Redis. Brokers reach the listener at CAMP_PUBLIC_URL.`}`,
    )

function names(text: string): string[] {
  return text.split(',').map(name => name.trim())
}
