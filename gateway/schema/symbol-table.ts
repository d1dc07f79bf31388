import type { DescriptorProto, FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { nameIn } from './proto-context.ts';

export type SymbolKind = 'package' | 'message' | 'enum' | 'service' | 'extension';

export interface ProtoSymbol {
  readonly fullName: string;
  readonly kind: SymbolKind;
  /** Name of the file that defines it; of a package, one of them. */
  readonly file: string;
}

/** The names that one file defines, its package and the packages around it included. */
export function symbolsOf(file: FileDescriptorProto): ProtoSymbol[] {
  const symbols: ProtoSymbol[] = [];
  const add = (fullName: string, kind: SymbolKind): void => {
    symbols.push({ fullName, kind, file: file.name });
  };
  const addMessage = (message: DescriptorProto, scope: string): void => {
    const fullName = nameIn(scope, message.name);
    add(fullName, 'message');
    for (const nested of message.nestedType) addMessage(nested, fullName);
    for (const { name } of message.enumType) add(nameIn(fullName, name), 'enum');
    for (const { name } of message.extension) add(nameIn(fullName, name), 'extension');
  };
  const parts = file.package === '' ? [] : file.package.split('.');
  for (const index of parts.keys()) add(parts.slice(0, index + 1).join('.'), 'package');
  for (const message of file.messageType) addMessage(message, file.package);
  for (const { name } of file.enumType) add(nameIn(file.package, name), 'enum');
  for (const { name } of file.extension) add(nameIn(file.package, name), 'extension');
  for (const { name } of file.service) add(nameIn(file.package, name), 'service');
  return symbols;
}

/** Names of the files whose definitions a file may use: its own, its imports' and what those import publicly. */
export function visibleFiles(file: FileDescriptorProto, files: ReadonlyMap<string, FileDescriptorProto>): Set<string> {
  const visible = new Set([file.name, ...file.dependency]);
  // The set grows while it is gone through.
  for (const name of visible) {
    const { publicDependency = [], dependency = [] } = name === file.name ? {} : (files.get(name) ?? {});
    for (const index of publicDependency) visible.add(dependency[index] ?? '');
  }
  return visible;
}

/**
 * Finds what a name means where it stands, from the innermost scope outwards (descriptor.proto, type_name). The first
 * part decides: where it names something that can hold the rest, the rest must be there.
 */
export function resolveName(
  name: string,
  scope: string,
  wanted: readonly SymbolKind[],
  find: (fullName: string) => ProtoSymbol | undefined,
): ProtoSymbol | undefined {
  if (name.startsWith('.')) return find(name.slice(1));
  const [first = ''] = name.split('.', 1);
  for (let around: string | undefined = scope; around !== undefined; around = outside(around)) {
    const symbol = find(nameIn(around, first));
    if (symbol === undefined) continue;
    if (first === name) {
      if (wanted.includes(symbol.kind)) return symbol;
    } else if (symbol.kind !== 'extension') return find(nameIn(around, name));
  }
  return undefined;
}

function outside(scope: string): string | undefined {
  return scope === '' ? undefined : scope.slice(0, Math.max(scope.lastIndexOf('.'), 0));
}
