import { answerCases } from '../testing/answer-cases.ts';
import { callCases } from '../testing/call-cases.ts';
import { connectionCases } from '../testing/connection-cases.ts';
import { flowCases } from '../testing/flow-cases.ts';
import { metadataCases } from '../testing/metadata-cases.ts';
import { retryCases } from '../testing/retry-cases.ts';
import { runCases } from '../testing/run-cases.ts';
import { tlsCases } from '../testing/tls-cases.ts';

runCases('h2', 'calls', callCases);
runCases('h2', 'metadata', metadataCases);
runCases('h2', 'answers', answerCases);
runCases('h2', 'flow control', flowCases);
runCases('h2', 'connections', connectionCases);
runCases('h2', 'retries', retryCases);
runCases('h2', 'TLS', tlsCases);
