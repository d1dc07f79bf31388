// Loaded into every process that `npm start` starts (node --import). The channel to the supervisor closes when that
// is gone, even by kill -9: then this process stops as on SIGTERM, and at the latest after five seconds.
process.once('disconnect', () => {
  setTimeout(() => process.exit(1), 5_000).unref();
  process.kill(process.pid, 'SIGTERM');
});
process.channel?.unref();
