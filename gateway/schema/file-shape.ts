import type { DescriptorProto, EnumDescriptorProto, FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { nameIn } from './proto-context.ts';

/** What a file says of the wire: for each field, enum value and method what it is. */
type Shape = ReadonlyMap<string, string>;

/** Whether two files contradict each other: versions of one file do not, one may only say more than the other. */
export function contradict(one: FileDescriptorProto, other: FileDescriptorProto): boolean {
  const shape = shapeOf(other);
  return shapeOf(one)
    .entries()
    .some(([name, what]) => (shape.get(name) ?? what) !== what);
}

function shapeOf(file: FileDescriptorProto): Shape {
  const shape = new Map<string, string>();
  const addEnum = ({ name, value }: EnumDescriptorProto, scope: string): void => {
    for (const each of value) shape.set(`${nameIn(scope, name)} ${each.name}`, String(each.number));
  };
  const addMessage = (message: DescriptorProto, scope: string): void => {
    const fullName = nameIn(scope, message.name);
    for (const { number, name, type, label, typeName } of message.field) {
      shape.set(`${fullName} ${number}`, `${name} ${type} ${label} ${typeName}`);
    }
    for (const each of message.enumType) addEnum(each, fullName);
    for (const nested of message.nestedType) addMessage(nested, fullName);
  };
  for (const message of file.messageType) addMessage(message, file.package);
  for (const each of file.enumType) addEnum(each, file.package);
  for (const { name, method } of file.service) {
    for (const each of method) {
      const streams = `${each.clientStreaming} ${each.serverStreaming}`;
      shape.set(`${nameIn(file.package, name)} ${each.name}`, `${each.inputType} ${each.outputType} ${streams}`);
    }
  }
  return shape;
}
