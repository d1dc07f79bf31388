import { callCases } from '../../gateway/upstream/testing/call-cases.ts';
import { flowCases } from '../../gateway/upstream/testing/flow-cases.ts';
import { metadataCases } from '../../gateway/upstream/testing/metadata-cases.ts';
import { runCases } from '../../gateway/upstream/testing/run-cases.ts';
import { manyCalls } from './many-calls.ts';
import { startBehindNginx } from './programs.ts';

runCases('h2', 'behind nginx', [...callCases, ...metadataCases, ...flowCases, manyCalls], startBehindNginx);
