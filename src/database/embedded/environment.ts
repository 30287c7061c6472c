/** What PostgreSQL's programs need to be found, and to find their libraries and a place for temporary files. */
const KEPT = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'TMPDIR']

/**
 * The environment of PostgreSQL's programs. The server outlives who started it, and a user who may read its /proc/PID/environ would read
 * CAMP_TOKEN and CAMP_SECRET there; PGPORT and its like would change what it does. The cluster's locale is C, its zone UTC.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = KEPT.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]))
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}
