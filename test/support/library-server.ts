import { join } from 'node:path';
import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  loadPackageDefinition,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export const fixtures = join(import.meta.dirname, '..', 'fixtures');

export interface Book {
  name: string;
  title: string;
  pages: string;
  tags: string[];
}

/** What the server saw of calls that tests look at. */
export interface Seen {
  metadata: Metadata;
  request: unknown;
  cancelled: Promise<void>;
  /** Milliseconds until the deadline when the call arrived; Infinity without one. */
  timeLeft: number;
}

export interface LibraryServer {
  readonly target: string;
  /** Calls in order of arrival. */
  readonly seen: Seen[];
  /** Resolves once so many calls have arrived; throws when they do not come. */
  arrived(calls: number): Promise<void>;
  /** Messages that WatchBooks was able to write so far. */
  written(): number;
  close(): void;
}

/**
 * A gRPC server of library.v1.Library. GetBook answers by the last part of its name: "missing" NOT_FOUND, "slow" never,
 * "headers" with metadata, "teapot" with x-http-code 418, anything else a book. ImportBooks fails at once with a book
 * titled "refused", EchoBooks ends behind one titled "The End". `addMore` adds other services.
 */
export async function startLibraryServer(addMore?: (server: Server) => void): Promise<LibraryServer> {
  const definition = loadSync('library/v1/library.proto', {
    includeDirs: [fixtures, join(fixtures, '..', '..', 'proto')],
    longs: String,
    keepCase: true,
  });
  const library = loadPackageDefinition(definition) as unknown as {
    library: { v1: { Library: ServiceClientConstructor } };
  };
  const seen: Seen[] = [];
  let written = 0;
  const server = new Server();
  const note = (call: Parameters<handleUnaryCall<unknown, unknown>>[0], request: unknown): void => {
    const deadline = call.getDeadline();
    seen.push({
      metadata: call.metadata,
      request,
      cancelled: new Promise((resolve) => call.on('cancelled', () => resolve())),
      timeLeft: Number(deadline) - Date.now(),
    });
  };
  const getBook: handleUnaryCall<{ name: string }, Partial<Book>> = (call, answer) => {
    note(call as never, call.request);
    const { name } = call.request;
    const metadata = new Metadata();
    switch (name.split('/').at(-1)) {
      case 'missing':
        answer({ code: 5, details: `no ${name}` });
        return;
      case 'slow':
        return;
      case 'headers':
        metadata.set('etag', '"7"');
        metadata.set('x-shelf', 'left');
        call.sendMetadata(metadata);
        break;
      case 'teapot':
        metadata.set('x-http-code', '418');
        call.sendMetadata(metadata);
        break;
    }
    answer(null, { name, title: 'A title', pages: '9007199254740993' });
  };
  const watchBooks: handleServerStreamingCall<{ shelf: string; count: number }, Partial<Book>> = (call) => {
    note(call as never, call.request);
    const { shelf, count } = call.request;
    const write = (index: number): void => {
      for (let next = index; next < count && !call.cancelled; next += 1) {
        written = next + 1;
        if (!call.write({ name: `${shelf}/books/${next}`, title: 'x'.repeat(1000) })) {
          call.once('drain', () => write(next + 1));
          return;
        }
      }
      if (shelf.endsWith('/broken')) call.emit('error', { code: 9, details: 'the shelf broke' });
      else call.end();
    };
    write(0);
  };
  const importBooks: handleClientStreamingCall<Book, { count: number }> = (call, answer) => {
    note(call as never, undefined);
    let count = 0;
    call.on('data', ({ title }: Book) => {
      count += 1;
      if (title === 'refused') answer({ code: 9, details: 'the shelf is full' });
    });
    call.on('end', () => answer(null, { count }));
  };
  const echoBooks: handleBidiStreamingCall<Book, Book> = (call) => {
    note(call as never, undefined);
    call.on('data', (book: Book) => {
      call.write(book);
      if (book.title === 'The End') call.end();
    });
    call.on('end', () => call.end());
  };
  server.addService(library.library.v1.Library.service, {
    GetBook: getBook,
    CreateBook: ((call, answer) => {
      note(call as never, call.request);
      answer(null, call.request);
    }) satisfies handleUnaryCall<Book, Book>,
    UpdateBook: ((call, answer) => {
      note(call as never, call.request);
      answer(null, call.request.book);
    }) satisfies handleUnaryCall<{ book: Book }, Book>,
    WatchBooks: watchBooks,
    ImportBooks: importBooks,
    EchoBooks: echoBooks,
    DownloadBook: ((_call, answer) => {
      answer(null, { content_type: 'text/plain; charset=utf-8', data: Buffer.from('Once upon a time') });
    }) satisfies handleUnaryCall<unknown, { content_type: string; data: Buffer }>,
    UploadBook: ((call, answer) => {
      note(call as never, call.request);
      answer(null, { count: call.request.data.length });
    }) satisfies handleUnaryCall<{ content_type: string; data: Buffer }, { count: number }>,
    BurnBook: ((call, answer) => answer(null, { name: call.request.name })) satisfies handleUnaryCall<
      { name: string },
      Partial<Book>
    >,
  });
  addMore?.(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    target: `127.0.0.1:${port}`,
    seen,
    arrived: async (calls) => {
      const end = performance.now() + 10_000;
      while (seen.length < calls) {
        if (performance.now() > end) throw new Error(`${seen.length} of ${calls} calls arrived`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    written: () => written,
    close: () => server.forceShutdown(),
  };
}
