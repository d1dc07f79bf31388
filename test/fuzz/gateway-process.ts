import { createUpstream } from '../../gateway/index.ts';
import { startGateway } from '../vectors/gateway-under-test.ts';

/**
 * A gateway over the protos of the vectors in a process of its own, so that a crash is seen as one and its memory is its
 * own. `fork` it with the upstream's address; it sends its port, and on any message its peak of resident memory.
 */
const [, , upstream = ''] = process.argv;
const { port } = await startGateway(createUpstream(upstream));
process.on('message', () => process.send?.({ peakBytes: process.resourceUsage().maxRSS * 1024 }));
process.on('disconnect', () => process.exit());
process.send?.({ port });
