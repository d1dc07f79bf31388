import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Watches the folders of files, not the files themselves: an editor that writes a new file and renames it leaves the
 * old one watched, and a mounted ConfigMap changes by a link beside the files.
 */
export class FolderWatch {
  readonly #onEvent: () => void;
  /** By path; the inode tells a folder from another that took its place. */
  readonly #folders = new Map<string, { readonly inode: number; readonly watcher: FSWatcher }>();

  constructor(onEvent: () => void) {
    this.#onEvent = onEvent;
  }

  /** Watches the folders of these files from now on, and no others; of a folder that is missing the nearest one above. */
  follow(paths: Iterable<string>): void {
    const wanted = new Map<string, number>();
    for (const folder of new Set(Array.from(paths, (path) => dirname(resolve(path))))) {
      const found = existing(folder);
      if (found !== undefined) wanted.set(found.folder, found.inode);
    }
    for (const [folder, { inode, watcher }] of this.#folders) {
      if (wanted.get(folder) === inode) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const [folder, inode] of wanted) {
      if (!this.#folders.has(folder)) this.#open(folder, inode);
    }
  }

  close(): void {
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #open(folder: string, inode: number): void {
    try {
      const watcher = watch(folder, { persistent: false }, this.#onEvent);
      // A folder that goes away; the next `follow` finds what took its place.
      watcher.on('error', this.#onEvent);
      this.#folders.set(folder, { inode, watcher });
    } catch {
      // Gone in between, or no more watches to be had: a reload can still be asked for.
    }
  }
}

function existing(path: string): { folder: string; inode: number } | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return { folder, inode: found.ino };
    if (folder === dirname(folder)) return undefined;
  }
}
