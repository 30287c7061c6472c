/** What differs between installations. */
export interface ServiceOptions {
  scope: 'SYSTEM' | 'USER'
  /** The user that runs the services; only in a SYSTEM unit. */
  user: string
  /** The file of settings (EnvironmentFile=). */
  settings: string
  /** CAMP_HOME, where the worker may write. */
  home: string
  /** The path of the program. */
  program: string
  /** HOST:PORT of the listener. */
  listen: string
}

export interface Unit {
  name: string
  content: string
}

/** The folder of the state of system services: a home below it is created by systemd, owned by the service's user. */
const STATE = '/var/lib/'

/**
 * The units of an installation: the worker, and a timer that starts due campaigns where no worker does.
 * @param options texts that `unitPath` and its callers have checked: nothing is quoted here
 */
export function unitsOf(options: ServiceOptions): Unit[] {
  return [
    { name: 'camp-worker.service', content: workerUnit(options) },
    { name: 'camp-due.service', content: dueUnit(options) },
    { name: 'camp-due.timer', content: DUE_TIMER },
  ]
}

function workerUnit(options: ServiceOptions): string {
  return textOf([
    ['Unit', ['Description=camp worker', ...ordering(options), 'StartLimitIntervalSec=0']],
    [
      'Service',
      [
        'Type=notify',
        // The messages come from systemd-notify, a child of the worker.
        'NotifyAccess=all',
        `ExecStart=${options.program} worker --listen ${options.listen}`,
        // The worker waits for its database without a limit, and is ready only then.
        'TimeoutStartSec=infinity',
        'WatchdogSec=60',
        'Restart=on-failure',
        'RestartSec=5',
        // Another secret, a wrong setting: a restart finds the same.
        'RestartPreventExitStatus=2',
        'KillMode=mixed',
        'TimeoutStopSec=35',
        'LimitNOFILE=65536',
        ...identity(options),
        ...sandbox(options),
      ],
    ],
    ['Install', [`WantedBy=${options.scope === 'SYSTEM' ? 'multi-user' : 'default'}.target`]],
  ])
}

function dueUnit(options: ServiceOptions): string {
  return textOf([
    ['Unit', ['Description=camp: start campaigns whose time has come', ...ordering(options)]],
    [
      'Service',
      [
        'Type=oneshot',
        `ExecStart=${options.program} campaign run --due --quiet`,
        'TimeoutStartSec=1h',
        ...identity(options),
        ...sandbox(options),
      ],
    ],
  ])
}

const DUE_TIMER = textOf([
  ['Unit', ['Description=camp: start campaigns whose time has come, every minute']],
  ['Timer', ['OnCalendar=minutely', 'AccuracySec=1s']],
  ['Install', ['WantedBy=timers.target']],
])

/** A user's manager does not know the system's units. */
function ordering({ scope }: ServiceOptions): string[] {
  if (scope === 'USER') return []
  return [
    'Wants=network-online.target',
    'After=network-online.target postgresql.service redis-server.service redis.service',
  ]
}

function identity({ scope, user, settings, home }: ServiceOptions): string[] {
  const common = [`EnvironmentFile=${settings}`, `Environment=CAMP_HOME=${home}`, 'UMask=0077']
  if (scope === 'USER') return common
  const folder = home.startsWith(STATE) ? `StateDirectory=${home.slice(STATE.length)}` : `ReadWritePaths=${home}`
  return [`User=${user}`, ...common, folder]
}

/** A user's manager may set only what needs no privilege. V8 compiles at run time: MemoryDenyWriteExecute would end it. */
function sandbox({ scope }: ServiceOptions): string[] {
  const unprivileged = [
    'NoNewPrivileges=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
    'RestrictNamespaces=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    'SystemCallFilter=~@privileged',
    'SystemCallErrorNumber=EPERM',
  ]
  if (scope === 'USER') return unprivileged
  return [
    ...unprivileged,
    'CapabilityBoundingSet=',
    'AmbientCapabilities=',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'PrivateUsers=yes',
    'ProtectClock=yes',
    'ProtectControlGroups=yes',
    'ProtectHostname=yes',
    'ProtectKernelLogs=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelTunables=yes',
    'ProtectProc=invisible',
    'RemoveIPC=yes',
  ]
}

function textOf(sections: readonly (readonly [title: string, lines: readonly string[]])[]): string {
  return sections.map(([title, lines]) => [`[${title}]`, ...lines, ''].join('\n')).join('\n')
}
