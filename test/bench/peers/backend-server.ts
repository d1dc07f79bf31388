// The gRPC server of the benchmark where there is no Go: node backend-server.ts PORT.
import { once } from 'node:events';
import { join } from 'node:path';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { repository } from '../tools.ts';

if (import.meta.main && process.argv.length === 3) serve(Number(process.argv[2]));

interface ItemsRequest {
  readonly count: number;
}

function serve(port: number): void {
  const definition = loadSync('bench/v1/bench.proto', {
    includeDirs: [join(repository, 'test', 'bench', 'proto'), join(repository, 'proto')],
  })['bench.v1.BenchService'];
  if (definition === undefined || 'format' in definition) throw new Error('no bench.v1.BenchService');
  const server = new Server();
  server.addService(definition, {
    Greeting: (_call: unknown, callback: sendUnaryData<object>) => callback(null, greetings),
    Echo: (call: ServerUnaryCall<object, object>, callback: sendUnaryData<object>) => callback(null, call.request),
    ListItems: (call: ServerUnaryCall<ItemsRequest, object>, callback: sendUnaryData<object>) =>
      callback(null, { items: Array.from({ length: call.request.count }, (_, index) => item(index)) }),
    StreamItems: (call: ServerWritableStream<ItemsRequest, object>) => {
      sendItems(call).catch((error: unknown) => call.destroy(error instanceof Error ? error : new Error('failed')));
    },
  });
  server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) => {
    if (error !== null) throw error;
  });
}

async function sendItems(call: ServerWritableStream<ItemsRequest, object>): Promise<void> {
  for (let index = 0; index < call.request.count && !call.cancelled; index += 1) {
    if (!call.write(item(index % 1_000))) await once(call, 'drain');
  }
  call.end();
}

const greetings = {
  greeting: ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((letter) => ({
    id: '0b7c2f5e-6d41-4a8e-9c3b-5f1e2d3c4b00',
    service: `Service ${letter}`,
    message: `Hello, from Service ${letter}!`,
    created: '2026-11-22T06:00:00.123456789Z',
    hostname: `service-${letter}-7d9f8b6c5-x2k4q`,
  })),
};

function item(index: number): object {
  return {
    id: index + 1,
    name: `Item number ${index + 1}`,
    priceCents: index * 37 + 199,
    weight: index * 0.25 + 0.125,
    inStock: true,
    category: (index % 2) + 1,
  };
}
