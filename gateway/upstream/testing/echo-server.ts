import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
} from '@grpc/grpc-js';

/** A grpc-js server on raw bytes, and what it has seen. */
export interface EchoServer {
  readonly port: number;
  /** Metadata and deadline of the last call. */
  readonly lastCall: { readonly metadata: Metadata; readonly deadlineMs: number } | undefined;
  /** Calls that the client gave up. */
  readonly cancelled: number;
  /** Messages that `Flood` has handed to its stream. */
  readonly flooded: number;
  /** Lets `Hold` answer and `Slow` read. */
  release(): void;
  /** No new calls; those under way go on. */
  drain(): Promise<void>;
  stop(): void;
}

export const path = (method: string): string => `/test.Echo/${method}`;

interface State {
  lastCall: EchoServer['lastCall'];
  cancelled: number;
  flooded: number;
  readonly held: Set<() => void>;
  released: boolean;
}

export async function startEchoServer(
  address: number | string = 0,
  credentials = ServerCredentials.createInsecure(),
  options: Readonly<Record<string, number>> = {},
): Promise<EchoServer> {
  const server = new Server({ 'grpc.max_receive_message_length': -1, ...options });
  const state: State = { lastCall: undefined, cancelled: 0, flooded: 0, held: new Set(), released: false };
  server.addService(definitions, handlers(state));
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(typeof address === 'number' ? `127.0.0.1:${address}` : address, credentials, (error, result) =>
      error ? reject(error) : resolve(result),
    );
  });
  return {
    port: bound,
    get lastCall() {
      return state.lastCall;
    },
    get cancelled() {
      return state.cancelled;
    },
    get flooded() {
      return state.flooded;
    },
    release() {
      state.released = true;
      for (const go of state.held) go();
      state.held.clear();
    },
    drain: () => new Promise((resolve) => server.tryShutdown(() => resolve())),
    stop: () => server.forceShutdown(),
  };
}

const bytes = (value: Buffer): Buffer => value;

function method(name: string, requestStream: boolean, responseStream: boolean): MethodDefinition<Buffer, Buffer> {
  return {
    path: path(name),
    requestStream,
    responseStream,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
}

const definitions = {
  Unary: method('Unary', false, false),
  Fail: method('Fail', false, true),
  Hold: method('Hold', false, false),
  Count: method('Count', false, true),
  Flood: method('Flood', false, true),
  Sum: method('Sum', true, false),
  Slow: method('Slow', true, false),
  Chat: method('Chat', true, true),
};

function handlers(state: State) {
  const note = (call: {
    metadata: Metadata;
    getDeadline(): Date | number;
    on(event: 'cancelled', f: () => void): unknown;
  }) => {
    state.lastCall = { metadata: call.metadata, deadlineMs: Number(call.getDeadline()) };
    call.on('cancelled', () => {
      state.cancelled += 1;
    });
  };

  /** Gives the message back; metadata "test-…" comes back as headers "echo-test-…" and trailers "late-test-…". */
  const Unary: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    note(call);
    const headers = new Metadata();
    const trailers = new Metadata();
    for (const [name, values] of Object.entries(call.metadata.toJSON())) {
      for (const value of name.startsWith('test-') ? values : []) {
        headers.add(`echo-${name}`, value);
        trailers.add(`late-${name}`, value);
      }
    }
    call.sendMetadata(headers);
    callback(null, call.request, trailers);
  };

  /** Ends with the status that metadata asks for, after as many messages as the request is long. */
  const Fail: handleServerStreamingCall<Buffer, Buffer> = (call) => {
    note(call);
    for (const byte of call.request) call.write(Buffer.from([byte]));
    const trailers = new Metadata();
    trailers.set('test-late', 'yes');
    for (const details of call.metadata.get('details-bin')) trailers.add('grpc-status-details-bin', details);
    const [code] = call.metadata.get('code');
    const [message] = call.metadata.get('message-bin');
    call.emit('error', { code: Number(code), details: String(message ?? ''), metadata: trailers });
  };

  /** Answers once released. */
  const Hold: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    note(call);
    const answer = () => callback(null, call.request);
    if (state.released) answer();
    else state.held.add(answer);
  };

  /** "3 1000": three messages of 1,000 bytes, each filled with its number. */
  const Count: handleServerStreamingCall<Buffer, Buffer> = (call) => {
    note(call);
    const [count = 0, size = 0] = call.request.toString().split(' ').map(Number);
    for (let i = 0; i < count; i++) call.write(Buffer.alloc(size, i));
    call.end();
  };

  /** The same, but heeds back-pressure and counts. */
  const Flood: handleServerStreamingCall<Buffer, Buffer> = (call) => {
    note(call);
    const [count = 0, size = 0] = call.request.toString().split(' ').map(Number);
    let sent = 0;
    const more = () => {
      while (sent < count) {
        state.flooded += 1;
        if (!call.write(Buffer.alloc(size, sent++))) return call.once('drain', more);
      }
      return call.end();
    };
    more();
  };

  /** "messages bytes" of what was received. */
  const Sum: handleClientStreamingCall<Buffer, Buffer> = (call, callback) => {
    note(call);
    let messages = 0;
    let total = 0;
    call.on('data', (message: Buffer) => {
      messages += 1;
      total += message.length;
    });
    call.on('end', () => callback(null, Buffer.from(`${messages} ${total}`)));
  };

  /** The same, but reads nothing before it is released. */
  const Slow: handleClientStreamingCall<Buffer, Buffer> = (call, callback) => {
    if (state.released) Sum(call, callback);
    else state.held.add(() => Sum(call, callback));
  };

  /** Every message back as it comes. */
  const Chat: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
    note(call);
    call.on('data', (message: Buffer) => call.write(message));
    call.on('end', () => call.end());
    call.sendMetadata(new Metadata());
  };

  return { Unary, Fail, Hold, Count, Flood, Sum, Slow, Chat };
}
