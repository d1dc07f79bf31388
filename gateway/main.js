#!/usr/bin/env -S node --min-semi-space-size=8 --max-semi-space-size=8
// The young generation, in MB: V8 would collect it often while it starts, and later let it grow to many times of what
// requests need at once. This file is JavaScript because what TypeScript's types are stripped with takes 30 ms to load; of
// the files below the compile cache holds the JavaScript.
import { enableCompileCache } from 'node:module';

// Compiling what is imported below is a third of the start; the next start finds it in the folder for temporary files.
enableCompileCache();
const { readConfiguration } = await import('./config/read-configuration.ts');

const configuration = await readConfiguration(process.argv.slice(2));
switch (configuration.kind) {
  case 'help': {
    const { helpText } = await import('./config/help-text.ts');
    process.stdout.write(helpText());
    break;
  }
  case 'version': {
    const { packageVersion } = await import('./config/package-version.ts');
    process.stdout.write(`${packageVersion()}\n`);
    break;
  }
  case 'faulty':
    process.stderr.write(`${configuration.faults.join('\n')}\n`);
    process.exitCode = 2;
    break;
  case 'serve':
    if (configuration.settings.workers > 1) {
      const { runWorkers } = await import('./program/workers/run-workers.ts');
      runWorkers(configuration.settings);
    } else {
      const { runGateway } = await import('./program/run-gateway.ts');
      runGateway(configuration.settings);
    }
}
