/** What PostgreSQL's programs need to be found, and to find their libraries and a place for temporary files. */
const KEPT = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'TMPDIR']

/**
 * The environment of PostgreSQL's programs. The server outlives the process that started it, and a user who may read its
 * /proc/PID/environ would find CAMP_TOKEN and CAMP_SECRET there; PGPORT and the like would change its behaviour. The cluster's
 * locale is C, its time zone UTC.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = KEPT.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]))
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}
