import type { Metadata } from '@grpc/grpc-js';

/** Header metadata of an answer: once for every service whose greeting, and those below it, the answer lacks. */
export const missingHeader = 'greeting-missing';

export function addMissing(headers: Metadata, services: readonly string[]): void {
  for (const service of services) headers.add(missingHeader, service);
}

/** HTTP/2 libraries join a repeated header with commas, which no service has in its name. */
export function missingOf(headers: Metadata): readonly string[] {
  return headers
    .get(missingHeader)
    .flatMap((value) => value.toString().split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
