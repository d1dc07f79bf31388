import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { upstreamAddress } from './upstream-address.ts';
import {
  address,
  byteSize,
  certificateFile,
  duration,
  headerMapping,
  integer,
  keyFile,
  metadataKey,
  oneOf,
  onOrOff,
  origin,
  type Parser,
  pathOrOff,
  text,
} from './value-parsers.ts';

const pems = 'gateway/upstream/testing/fixtures';

const accepted: readonly (readonly [Parser<unknown>, text: string, value: unknown])[] = [
  [text, 'a b', 'a b'],
  [onOrOff, 'on', true],
  [onOrOff, 'true', true],
  [onOrOff, '1', true],
  [onOrOff, 'no', false],
  [oneOf('ignore', 'reject'), 'reject', 'reject'],
  [integer(0, 10), '10', 10],
  [duration, '0', 0],
  [duration, '500ms', 500],
  [duration, '1.5s', 1500],
  [duration, '10s', 10_000],
  [duration, '1m', 60_000],
  [duration, '2h', 7_200_000],
  [byteSize, '1', 1],
  [byteSize, '65536', 65_536],
  [byteSize, '512KiB', 524_288],
  [byteSize, '4MiB', 4_194_304],
  [byteSize, '1.5MB', 1_500_000],
  [address, '127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
  [address, 'localhost:0', { host: 'localhost', port: 0 }],
  [address, '[::1]:80', { host: '::1', port: 80 }],
  [origin, '*', '*'],
  [origin, 'https://app.example.com', 'https://app.example.com'],
  [origin, 'http://localhost:3000', 'http://localhost:3000'],
  [pathOrOff, '/healthz', '/healthz'],
  [pathOrOff, '/-/ready', '/-/ready'],
  [pathOrOff, 'off', undefined],
  [metadataKey, 'x-http-code', 'x-http-code'],
  [headerMapping, 'etag=ETag', { metadata: 'etag', header: 'ETag' }],
  [certificateFile, `${pems}/ca.pem`, readFileSync(`${pems}/ca.pem`)],
  [keyFile, `${pems}/client-key.pem`, readFileSync(`${pems}/client-key.pem`)],
  [upstreamAddress, '127.0.0.1:50051', { service: undefined, target: '127.0.0.1:50051', tls: undefined }],
  [upstreamAddress, 'a.B=[::1]:50051', { service: 'a.B', target: '[::1]:50051', tls: undefined }],
  [upstreamAddress, 'a.B=dns:///b:1', { service: 'a.B', target: 'dns:///b:1', tls: undefined }],
  [upstreamAddress, 'unix:/run/a.sock', { service: undefined, target: 'unix:/run/a.sock', tls: undefined }],
];

const refused: readonly (readonly [Parser<unknown>, text: string, fault: string])[] = [
  [text, '', 'is empty'],
  [onOrOff, 'maybe', '"maybe" is not "on" or "off"'],
  [oneOf('ignore', 'reject'), 'Reject', '"Reject" is not one of ignore, reject'],
  [integer(0, 10), '11', '"11" is not a whole number from 0 to 10'],
  [integer(0, 10), '-1', '"-1" is not a whole number from 0 to 10'],
  [integer(0, 10), '1e0', '"1e0" is not a whole number from 0 to 10'],
  [duration, '10', '"10" is not a duration such as 500ms, 10s or 1m'],
  [duration, '10 s', '"10 s" is not a duration such as 500ms, 10s or 1m'],
  [duration, '-1s', '"-1s" is not a duration such as 500ms, 10s or 1m'],
  [duration, '1000h', '"1000h" is more than 596h'],
  [byteSize, '4Mib', '"4Mib" is not a size such as 65536, 512KiB or 4MiB'],
  [byteSize, '', '"" is not a size such as 65536, 512KiB or 4MiB'],
  [byteSize, '0', '"0" is not from 1B to 2GiB'],
  [byteSize, '3GiB', '"3GiB" is not from 1B to 2GiB'],
  [address, '8080', '"8080" is not host:port, such as 127.0.0.1:8080'],
  [address, 'localhost:65536', '"localhost:65536" is not host:port, such as 127.0.0.1:8080'],
  [address, '::1:80', '"::1:80" is not host:port, such as 127.0.0.1:8080'],
  [address, 'http://a:1', '"http://a:1" is not host:port, such as 127.0.0.1:8080'],
  [origin, 'app.example.com', '"app.example.com" is not an origin such as https://app.example.com, nor *'],
  [origin, 'https://a/', '"https://a/" is not an origin such as https://app.example.com, nor *'],
  [origin, 'null', '"null" is not an origin such as https://app.example.com, nor *'],
  [pathOrOff, 'healthz', '"healthz" is not a path such as /status, nor off'],
  [pathOrOff, '/:id', '"/:id" is not a path such as /status, nor off'],
  [pathOrOff, '/*', '"/*" is not a path such as /status, nor off'],
  [metadataKey, 'X-Code', '"X-Code" is not a metadata key: lower-case letters, digits, "_", "-" and "."'],
  [headerMapping, 'etag', '"etag" is not KEY=Header-Name, such as etag=ETag'],
  [headerMapping, 'etag=E Tag', '"etag=E Tag" is not KEY=Header-Name, such as etag=ETag'],
  [certificateFile, '/no/such.pem', '"/no/such.pem" cannot be read (ENOENT)'],
  [certificateFile, 'package.json', '"package.json" is not a certificate in PEM'],
  [certificateFile, `${pems}/client-key.pem`, `"${pems}/client-key.pem" is not a certificate in PEM`],
  [keyFile, `${pems}/client.pem`, `"${pems}/client.pem" is not a private key in PEM`],
  [upstreamAddress, 'http://a:1', '"http://a:1" is not host:port, such as 127.0.0.1:50051 or dns:///greeting:50051'],
  [upstreamAddress, 'a:0', '"a:0" is not host:port, such as 127.0.0.1:50051 or dns:///greeting:50051'],
  [upstreamAddress, 'a.B=', '"" is not host:port, such as 127.0.0.1:50051 or dns:///greeting:50051'],
  [upstreamAddress, '/a.B/C=a:1', '"/a.B/C" is not the full name of a service, such as package.Service'],
];

for (const [parser, written, value] of accepted) {
  test(`${JSON.stringify(written)} is taken`, () => assert.deepEqual(parser(written), { value }));
}

for (const [parser, written, fault] of refused) {
  test(`${JSON.stringify(written)}: ${fault}`, () => assert.deepEqual(parser(written), { fault }));
}

test('a fault shows no more than 80 characters of a value, on one line', () => {
  assert.deepEqual(duration(`\n${'x'.repeat(100)}`), {
    fault: `"\\n${'x'.repeat(79)}…" is not a duration such as 500ms, 10s or 1m`,
  });
});
