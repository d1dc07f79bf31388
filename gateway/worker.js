// JavaScript for the reason that main.js gives.
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { runWorker } = await import('./program/workers/run-worker.ts');
runWorker();
