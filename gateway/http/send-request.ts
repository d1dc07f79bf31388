import { StatusError } from '../status/status-error.ts';
import { readBody } from './read-body.ts';
import { type AnswerListener, type RequestPlan, startCall } from './request-plan.ts';
import { StreamedRequest } from './streamed-request.ts';

/**
 * Makes the call of a request. When its message (of a client stream the first one) cannot be read no call is made; the
 * listener is told.
 */
export function sendRequest(plan: RequestPlan, listener: AnswerListener): void {
  if (plan.route.clientStreaming) {
    new StreamedRequest(plan, listener).start();
  } else if (plan.route.readsBody) {
    readBody(plan.body, plan.limits, (body) => {
      if (body instanceof StatusError) listener.onFault(body);
      else unaryRequest(plan, body, listener);
    });
  } else {
    unaryRequest(plan, noBody, listener);
  }
}

const noBody = new Uint8Array();

function unaryRequest(plan: RequestPlan, body: Uint8Array, listener: AnswerListener): void {
  let message: Uint8Array;
  try {
    message = plan.route.readRequest({ ...plan.parts, body });
  } catch (thrown) {
    listener.onFault(StatusError.from(thrown));
    return;
  }
  listener.onCall(startCall(plan, listener, message));
}
