import { afterEach, beforeEach } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts'

/** A sandbox for each test of a file, without callbacks' delay: call it at the top and use `it.broker` inside tests. */
export function useSandbox(options: SandboxOptions = {}): { readonly broker: Sandbox } {
  let broker: Sandbox | undefined
  beforeEach(async () => {
    broker = await startSandbox({ ...options, control: options.control ?? { callbacks: { delay_ms: 0 } } })
  })
  afterEach(() => broker?.close())
  return {
    get broker() {
      if (!broker) throw new Error('there is a sandbox inside tests only')
      return broker
    },
  }
}
