import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  FieldDescriptorProto_Label as Label,
  type ServiceDescriptorProto,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { nameIn } from './proto-context.ts';
import { faultsPerFile } from './source-files.ts';
import type { SymbolKind } from './symbol-table.ts';

export interface CheckFileOptions {
  readonly kindOf: (fullName: string) => SymbolKind | undefined;
  /** Where a declaration stands, when it came from a .proto file. */
  readonly placeOf: (declaration: object) => string | undefined;
}

const identifier = /^[A-Za-z0-9_]+$/;
const packageName = /^(?:[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)?$/;
const maximumFieldNumber = 2 ** 29 - 1;

/**
 * What a compiler would refuse in a linked file: descriptors may come from anywhere. Gives a line for each fault.
 */
export function checkFile(file: FileDescriptorProto, options: CheckFileOptions): string[] {
  const check = new FileCheck(file, options);
  if (!packageName.test(file.package)) check.fault(file, '', `package ${JSON.stringify(file.package)} is not a name`);
  const names = new Scope();
  check.checkScope(file, file.package, names);
  for (const service of file.service) check.checkService(service, names);
  return check.faults;
}

/** Names declared in one scope. */
class Scope {
  readonly #names = new Set<string>();

  /** False when the name is taken. */
  add(name: string): boolean {
    const size = this.#names.size;
    return this.#names.add(name).size > size;
  }
}

class FileCheck {
  readonly faults: string[] = [];
  readonly #file: FileDescriptorProto;
  readonly #options: CheckFileOptions;

  constructor(file: FileDescriptorProto, options: CheckFileOptions) {
    this.#file = file;
    this.#options = options;
  }

  fault(declaration: object, fullName: string, what: string): void {
    if (this.faults.length >= faultsPerFile) return;
    const place = this.#options.placeOf(declaration) ?? [this.#file.name, fullName].filter(Boolean).join(': ');
    this.faults.push(`${place}: ${what}`);
  }

  /** What a file and a message have in common; the scope of the file has the services as well. */
  checkScope(holder: FileDescriptorProto | DescriptorProto, scope: string, names: Scope): void {
    for (const message of 'nestedType' in holder ? holder.nestedType : holder.messageType) {
      this.#checkName(message, scope, names);
      this.#checkMessage(message, nameIn(scope, message.name));
    }
    for (const each of holder.enumType) {
      this.#checkName(each, scope, names);
      this.#checkEnum(each, scope, names);
    }
    for (const field of holder.extension) {
      this.#checkName(field, scope, names);
      this.#checkField(field, scope);
      this.#checkType(field, scope, field.extendee, ['message']);
    }
  }

  checkService(service: ServiceDescriptorProto, names: Scope): void {
    this.#checkName(service, this.#file.package, names);
    const scope = nameIn(this.#file.package, service.name);
    const methods = new Scope();
    for (const method of service.method) {
      this.#checkName(method, scope, methods);
      this.#checkType(method, scope, method.inputType, ['message']);
      this.#checkType(method, scope, method.outputType, ['message']);
    }
  }

  #checkMessage(message: DescriptorProto, fullName: string): void {
    const names = new Scope();
    const numbers = new Map<number, FieldDescriptorProto>();
    for (const field of message.field) {
      this.#checkName(field, fullName, names);
      this.#checkField(field, fullName);
      this.#checkNumber(field, message, fullName);
      const other = numbers.get(field.number);
      if (other !== undefined) {
        this.fault(field, nameIn(fullName, field.name), `number ${field.number} is that of "${other.name}" already`);
      }
      numbers.set(field.number, field);
    }
    for (const oneof of message.oneofDecl) this.#checkName(oneof, fullName, names);
    this.#checkJsonNames(message, fullName);
    this.checkScope(message, fullName, names);
  }

  #checkName(declaration: { readonly name: string }, scope: string, names: Scope): void {
    const { name } = declaration;
    if (!identifier.test(name)) this.fault(declaration, scope, `${JSON.stringify(name)} is not a name`);
    else if (!names.add(name)) this.fault(declaration, nameIn(scope, name), `"${name}" is declared already`);
  }

  #checkNumber(field: FieldDescriptorProto, message: DescriptorProto, scope: string): void {
    const { number, name } = field;
    const inside = ({ start, end }: { start: number; end: number }): boolean => number >= start && number < end;
    const say = (what: string): void => this.fault(field, nameIn(scope, name), what);
    if (number < 1 || number > maximumFieldNumber) say(`number ${number} is not in 1 to ${maximumFieldNumber}`);
    else if (number >= 19_000 && number <= 19_999) say(`number ${number} is kept for protobuf itself`);
    else if (message.reservedRange.some(inside)) say(`number ${number} is reserved`);
    else if (message.extensionRange.some(inside)) say(`number ${number} is in a range of extensions`);
    if (message.reservedName.includes(name)) say(`name "${name}" is reserved`);
  }

  #checkField(field: FieldDescriptorProto, scope: string): void {
    const fullName = nameIn(scope, field.name);
    if (Label[field.label] === undefined) this.fault(field, fullName, 'has no label');
    if (field.type === Type.MESSAGE || field.type === Type.GROUP) {
      this.#checkType(field, scope, field.typeName, ['message']);
    } else if (field.type === Type.ENUM) this.#checkType(field, scope, field.typeName, ['enum']);
    else if (Type[field.type] === undefined || field.typeName !== '') this.fault(field, fullName, 'has no type');
  }

  #checkType(declaration: { name: string }, scope: string, typeName: string, kinds: readonly SymbolKind[]): void {
    const kind = this.#options.kindOf(typeName.replace(/^\./, ''));
    if (kind !== undefined && kinds.includes(kind)) return;
    this.fault(declaration, nameIn(scope, declaration.name), `type "${typeName}" is not defined`);
  }

  /** Two fields of one JSON name cannot be told apart; proto2 lets that pass, and so does protoc. */
  #checkJsonNames(message: DescriptorProto, scope: string): void {
    if (this.#file.syntax === '' || this.#file.syntax === 'proto2') return;
    if (message.options?.deprecatedLegacyJsonFieldConflicts === true) return;
    const names = new Map<string, string>();
    for (const field of message.field) {
      const other = names.get(field.jsonName);
      if (other !== undefined && other !== field.name) {
        this.fault(field, nameIn(scope, field.name), `JSON name "${field.jsonName}" is that of "${other}" already`);
      }
      names.set(field.jsonName, field.name);
    }
  }

  /** The values of an enum are names of the scope around it. */
  #checkEnum(declared: EnumDescriptorProto, scope: string, names: Scope): void {
    const fullName = nameIn(scope, declared.name);
    const [first] = declared.value;
    if (first === undefined) this.fault(declared, fullName, 'an enum needs a value');
    else if (this.#file.syntax === 'proto3' && first.number !== 0) {
      this.fault(first, nameIn(fullName, first.name), 'the first value of a proto3 enum must be 0');
    }
    const numbers = new Map<number, string>();
    for (const value of declared.value) {
      const { name, number } = value;
      this.#checkName(value, scope, names);
      const say = (what: string): void => this.fault(value, nameIn(fullName, name), what);
      const other = numbers.get(number);
      if (other !== undefined && declared.options?.allowAlias !== true) {
        say(`number ${number} is that of "${other}" already, and allow_alias is not set`);
      }
      numbers.set(number, name);
      if (declared.reservedRange.some(({ start, end }) => number >= start && number <= end)) {
        say(`number ${number} is reserved`);
      }
      if (declared.reservedName.includes(name)) say(`name "${name}" is reserved`);
    }
  }
}
