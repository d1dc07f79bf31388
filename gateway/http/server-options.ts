import type { FastifyInstance, FastifyReply, FastifyServerOptions } from 'fastify';
import { Code } from '../status/code.ts';
import { StatusError } from '../status/status-error.ts';
import { jsonContentType } from '../transcoding/response-writer.ts';
import { answerClientError } from './client-error.ts';
import { rewriteAbsoluteTarget } from './request-target.ts';
import { statusBody } from './status-body.ts';

/**
 * Options for the Fastify that a gateway is registered in, so that what Fastify answers before a plugin sees the request
 * is answered alike: `Fastify({ ...serverOptions })`. Without them all else works; a malformed request then gets Fastify's
 * own error body, a target with bytes outside of ASCII is refused, one in absolute form is not found, and a streaming upload
 * is held to `requestTimeout` like any request.
 */
export const serverOptions: Pick<FastifyServerOptions, 'clientErrorHandler' | 'frameworkErrors' | 'rewriteUrl'> = {
  rewriteUrl: rewriteAbsoluteTarget,
  clientErrorHandler(this: FastifyInstance, error, socket) {
    // The code alone: the packet that comes with the error may hold secrets.
    this.log.debug({ reason: error.code }, 'malformed HTTP request');
    answerClientError(this.server, error, socket);
  },
  frameworkErrors: (error, _request, reply) => {
    const httpStatus = error.statusCode ?? 400;
    const status = new StatusError(httpStatus < 500 ? Code.INVALID_ARGUMENT : Code.INTERNAL, error.message);
    const answer: FastifyReply = reply;
    answer
      .code(httpStatus)
      .type(jsonContentType)
      .send(Buffer.from(statusBody(status, undefined)));
  },
};
