// Starts camp from its sources, without a build: npm run camp -- campaign list. The loader, tsx, is given on the command line.
const { main } = await import('../src/cli/main.ts')
process.exitCode = await main(process.argv.slice(2))
