import { answerCases } from '../testing/answer-cases.ts';
import { callCases } from '../testing/call-cases.ts';
import { connectionCases } from '../testing/connection-cases.ts';
import { flowCases } from '../testing/flow-cases.ts';
import { metadataCases } from '../testing/metadata-cases.ts';
import { retryCases } from '../testing/retry-cases.ts';
import { runCases } from '../testing/run-cases.ts';
import { tlsCases } from '../testing/tls-cases.ts';

runCases('grpc-js', 'calls', callCases);
runCases('grpc-js', 'metadata', metadataCases);
runCases('grpc-js', 'answers', answerCases);
runCases('grpc-js', 'flow control', flowCases);
runCases('grpc-js', 'connections', connectionCases);
runCases('grpc-js', 'retries', retryCases);
runCases('grpc-js', 'TLS', tlsCases);
