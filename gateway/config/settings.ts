import { logLevels } from '../telemetry/logger.ts';
import { defaultUpstreamOptions } from '../upstream/upstream-options.ts';
import { list, optional, type Setting, single, toggle } from './setting.ts';
import { upstreamAddress, upstreamMapping } from './upstream-address.ts';
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
  origin,
  pathOrOff,
  text,
} from './value-parsers.ts';

/** Settings under the heading that --help and the README put them. Flags, variables, keys and help are all made from this. */
export const settingGroups = {
  'What is served': {
    proto: list('FILE', text, 'A .proto file whose services are served.'),
    protoPath: list(
      'DIR',
      text,
      'A folder that protos and their imports are looked for in; the working directory when none is given.',
    ),
    descriptorSet: list(
      'FILE',
      text,
      'A FileDescriptorSet with imports, as `buf build` and `protoc --include_imports` write it.',
    ),
    reflection: toggle(
      false,
      'Ask the upstreams for their services by gRPC server reflection; calls go to the one that told.',
    ),
    reflectionInterval: single('DURATION', duration, '30s', 'How often to ask again; 0: never.'),
    apiConfig: list('FILE', text, 'HTTP rules outside the protos: the YAML form of google.api.Service, http.rules.'),
    unboundMethods: toggle(false, 'Serve methods without a rule as POST /package.Service/Method.'),
    strict: toggle(false, 'Refuse two methods on one HTTP method and path template, instead of serving the later.'),
    watch: toggle(true, 'Load the schema again when its files change.'),
  },
  'Where calls go': {
    upstream: list(
      '[SERVICE=]TARGET',
      upstreamAddress,
      'The gRPC server: host:port or a target such as dns:///greeting:50051. With package.Service= for that service alone.',
      upstreamMapping,
    ),
    transport: single(
      'NAME',
      oneOf('grpc-js', 'h2'),
      defaultUpstreamOptions.transport,
      'What speaks to the upstreams: grpc-js, or h2, the HTTP/2 client of the gateway itself.',
    ),
    upstreamTls: toggle(false, 'Speak TLS to the upstreams.'),
    upstreamCa: optional(
      'FILE',
      certificateFile,
      'PEM of who signs their certificates; the roots of Node when not given.',
    ),
    upstreamCert: optional(
      'FILE',
      certificateFile,
      'PEM of the certificate chain that the gateway shows (mutual TLS).',
    ),
    upstreamKey: optional('FILE', keyFile, 'PEM of its private key.'),
    upstreamServerName: optional(
      'NAME',
      text,
      'The name that their certificates carry, when it is not the host of the target.',
    ),
    maxMessage: single('SIZE', byteSize, '4MiB', 'The largest message taken from an upstream.'),
    keepalive: single(
      'DURATION',
      duration,
      '30s',
      'Silence on an upstream connection with calls after which it is probed.',
    ),
    keepaliveTimeout: single('DURATION', duration, '10s', 'How long the answer to a probe may take.'),
    maxAttempts: single(
      'COUNT',
      integer(1, 5),
      '1',
      'How often a call that is safe to repeat is tried while its upstream is unavailable; 1: once, as grpc-gateway.',
    ),
    waitForReady: toggle(
      false,
      'Calls wait for an upstream that is away, up to their deadline, instead of failing at once.',
    ),
  },
  HTTP: {
    listen: single('HOST:PORT', address, '127.0.0.1:8080', 'Where to listen; port 0 takes any that is free.'),
    corsOrigin: list('ORIGIN', origin, 'An origin whose pages may call (CORS), or * for any. None when not given.'),
    timeout: single('DURATION', duration, '10s', 'Deadline of a call whose client sends no Grpc-Timeout; 0: none.'),
    maxBody: single('SIZE', byteSize, '4MiB', 'The largest request body, or message of a streaming one; more is 413.'),
    maxHeader: single('SIZE', byteSize, '16KiB', 'The largest request line and headers together; more is 431.'),
    requestTimeout: single(
      'DURATION',
      duration,
      '5m',
      'How long a client may take to send a request, body included, but for streaming ones; 0: any time.',
    ),
    unknownQuery: single(
      'WHAT',
      oneOf('ignore', 'reject'),
      'ignore',
      'What a query parameter that names no field does: ignore or reject (400).',
    ),
    formPosts: toggle(true, 'Take form posts on GET routes and heed X-HTTP-Method-Override, as grpc-gateway does.'),
    httpStatusMetadata: optional('KEY', metadataKey, 'Response metadata whose value becomes the HTTP status.'),
    responseHeader: list(
      'KEY=HEADER',
      headerMapping,
      'Response metadata that is sent as a header of its own, not as Grpc-Metadata-KEY.',
    ),
  },
  JSON: {
    emitDefaults: toggle(true, 'Write fields that hold their default value.'),
    protoNames: toggle(false, 'Write field names as in the proto, not in lowerCamelCase.'),
    enumsAsNumbers: toggle(false, 'Write enum values as numbers.'),
    indent: single('COUNT', integer(0, 10), '0', 'Spaces a level; 0 writes one line.'),
    unknownFields: single(
      'WHAT',
      oneOf('ignore', 'reject'),
      'ignore',
      'What an unknown field in a request does: ignore or reject (400).',
    ),
  },
  'The program': {
    config: optional('FILE', text, 'The same settings as YAML; the keys are the flags without dashes in front.'),
    logLevel: {
      ...single('LEVEL', oneOf(...logLevels), 'info', `One of ${logLevels.join(', ')}.`),
      alias: 'LOG_LEVEL',
    },
    workers: single(
      'COUNT',
      integer(1, 256),
      '1',
      'Processes that share the port, for more cores than one; 1: everything in one process.',
    ),
    accessLog: toggle(false, 'Log a line for every request.'),
    healthzPath: single('PATH', pathOrOff, '/healthz', 'Answers 200 while the process is alive; off: not served.'),
    readyzPath: single(
      'PATH',
      pathOrOff,
      '/readyz',
      'Answers 200 when every upstream can be reached, otherwise 503; off: not served.',
    ),
    metricsPath: single('PATH', pathOrOff, '/metrics', 'Metrics in the text form of Prometheus; off: none are kept.'),
    shutdownGrace: single(
      'DURATION',
      duration,
      '4s',
      'How long requests under way may take to end after SIGTERM or SIGINT.',
    ),
  },
} as const;

type Groups = typeof settingGroups;
type Table = Groups['What is served'] &
  Groups['Where calls go'] &
  Groups['HTTP'] &
  Groups['JSON'] &
  Groups['The program'];

export type SettingName = keyof Table;

/** The value of every setting. */
export type Settings = { readonly [Name in SettingName]: Table[Name] extends Setting<infer T> ? T : never };

/** All settings by name, in order of the groups. */
export const settingsByName: ReadonlyMap<string, Setting<unknown>> = new Map(
  Object.values(settingGroups).flatMap((group): [string, Setting<unknown>][] => Object.entries(group)),
);
