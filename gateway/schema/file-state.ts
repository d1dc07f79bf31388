import { readFile, stat } from 'node:fs/promises';

/** What a file on disk is, by its path; `version` changes with its content, and is "" where there is no file. */
export interface FileState {
  readonly path: string;
  readonly version: string;
  /** In bytes. */
  readonly size: number;
}

/** Follows links. Anything but a regular file counts as missing: opening a pipe would wait for ever. */
export async function fileState(path: string): Promise<FileState> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) return { path, version: '', size: 0 };
  const { mtimeMs, ctimeMs, size, ino } = found;
  return { path, version: `${mtimeMs} ${ctimeMs} ${size} ${ino}`, size };
}

/** Throws where the file is missing, too large or unreadable. */
export async function readBounded({ path, version, size }: FileState, bytes: number): Promise<Uint8Array> {
  if (version === '') throw new Error('there is no such file');
  if (size > bytes) throw new Error(`larger than ${bytes} bytes`);
  return await readFile(path);
}
