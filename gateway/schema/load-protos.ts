import { createHash } from 'node:crypto';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { linkProtos, placeOf } from './link-protos.ts';
import { nameIn } from './proto-context.ts';
import { type ReadProtosOptions, readProtos } from './read-protos.ts';
import { type SourceFiles, withoutBroken } from './source-files.ts';

/** Files in the language itself, with all that they import; see `readProtos` for how they are found. */
export async function loadProtos(options: ReadProtosOptions): Promise<SourceFiles> {
  const read = await readProtos(options);
  const linked = linkProtos(read.parsed, read.files);
  const files = withoutBroken(read.files, linked.broken);
  const places = new Map(
    read.parsed.flatMap((proto) => [...proto.starts].map(([each, start]) => [each, { proto, start }])),
  );
  const digest = createHash('sha256');
  for (const { file, source } of read.parsed) digest.update(`${file.name}\0${source}\0`);
  return {
    source: options.protos.join(', '),
    services: read.asked.flatMap((name) => servicesOf(files.get(name))),
    files,
    placeOf: (declaration) => {
      const place = places.get(declaration);
      return place && placeOf(place.proto, place.start);
    },
    states: read.states,
    faults: [...read.faults, ...linked.faults],
    digest: digest.digest('hex'),
  };
}

/** Full names of the services of a file. */
export function servicesOf(file: FileDescriptorProto | undefined): string[] {
  return file === undefined ? [] : file.service.map(({ name }) => nameIn(file.package, name));
}
