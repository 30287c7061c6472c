import { startServer } from '../../src/database/embedded/server.ts'

// A process of its own that needs the embedded server of the home it is given: it prints the URL and then stays until killed.
process.stdout.write(`${await startServer(process.argv[2]!)}\n`)
setInterval(() => undefined, 60_000)
