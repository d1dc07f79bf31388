import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { BuiltinFiles } from './builtin-files.ts';

export interface OrderedFiles {
  /** Each file after its imports; files that miss one are left out, and so are those that import them. */
  readonly files: ReadonlyMap<string, FileDescriptorProto>;
  /** Imports that cannot be had: which file's, which one, and why. */
  readonly unusable: readonly UnusableImport[];
}

export interface UnusableImport {
  readonly file: FileDescriptorProto;
  /** Place in `file.dependency`. */
  readonly index: number;
  readonly why: 'missing' | 'circle';
}

/** Puts files in order, and adds the built-in ones that they import but do not bring along. */
export function orderFiles(given: ReadonlyMap<string, FileDescriptorProto>, builtins: BuiltinFiles): OrderedFiles {
  const files = new Map<string, FileDescriptorProto>();
  const unusable: UnusableImport[] = [];
  /** undefined while the imports of a file are being visited. */
  const outcomes = new Map<string, boolean | undefined>();
  // A stack of its own: a chain of imports may be as long as there are files.
  const stack: { file: FileDescriptorProto; next: number; whole: boolean }[] = [];
  const enter = (file: FileDescriptorProto): void => {
    outcomes.set(file.name, undefined);
    stack.push({ file, next: 0, whole: true });
  };
  for (const file of given.values()) {
    if (!outcomes.has(file.name)) enter(file);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const name = top.file.dependency[top.next];
      if (name === undefined) {
        stack.pop();
        outcomes.set(top.file.name, top.whole);
        if (top.whole) files.set(top.file.name, top.file);
        continue;
      }
      const imported = given.get(name) ?? builtins.get(name);
      if (imported !== undefined && !outcomes.has(name)) {
        enter(imported);
        continue;
      }
      const { file, next: index } = top;
      if (imported === undefined) unusable.push({ file, index, why: 'missing' });
      else if (outcomes.get(name) === undefined) unusable.push({ file, index, why: 'circle' });
      if (outcomes.get(name) !== true) top.whole = false;
      top.next += 1;
    }
  }
  return { files, unusable };
}

/** A line for each import that cannot be had. */
export function describeUnusable({ file, index, why }: UnusableImport): string {
  const name = JSON.stringify(file.dependency[index]);
  return why === 'missing'
    ? `${file.name}: import ${name} is missing`
    : `${file.name}: import ${name} leads back to it`;
}
