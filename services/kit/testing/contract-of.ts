import { create, createFileRegistry, type DescService, type MessageInitShape } from '@bufbuild/protobuf';
import type { GenServiceMethods } from '@bufbuild/protobuf/codegenv2';
import {
  type DescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import { protoCamelCase } from '@bufbuild/protobuf/reflect';
import type { Contract } from '../declaration/contract';

/** The fields of a message by name, in the order of their numbers; the name of a message stands for itself. */
type Fields = Readonly<Record<string, keyof typeof FieldDescriptorProto_Type | `repeated ${string}`>>;

/** A method's messages, and which of them stream. */
interface Method {
  input: string;
  output: string;
  clientStreaming?: boolean;
  serverStreaming?: boolean;
}

/**
 * A contract that has no .proto file, for tests and benches.
 *
 * @param fullName `package.Service`
 */
export function fixtureContract<M extends GenServiceMethods>(
  fullName: string,
  messages: Readonly<Record<string, Fields>>,
  methods: Readonly<Record<string, Method>>,
): Contract<M> {
  const [pkg = '', name = ''] = fullName.split('.');
  const method = Object.entries(methods).map(([each, { input, output, ...streams }]) => ({
    name: each,
    inputType: `.${pkg}.${input}`,
    outputType: `.${pkg}.${output}`,
    ...streams,
  }));
  const messageType = Object.entries(messages).map(([each, fields]) => messageOf(pkg, each, fields));
  const file = { name: `${name}.proto`, package: pkg, syntax: 'proto3', messageType, service: [{ name, method }] };
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }));
  return registry.getService(fullName) as DescService as Contract<M>;
}

function messageOf(pkg: string, name: string, fields: Fields): MessageInitShape<typeof DescriptorProtoSchema> {
  const field = Object.entries(fields).map(([each, declared], index) => {
    const type = declared.replace('repeated ', '');
    return {
      name: each,
      jsonName: protoCamelCase(each),
      number: index + 1,
      label: type === declared ? Label.OPTIONAL : Label.REPEATED,
      ...(type in FieldDescriptorProto_Type
        ? { type: FieldDescriptorProto_Type[type as keyof typeof FieldDescriptorProto_Type] }
        : { type: FieldDescriptorProto_Type.MESSAGE, typeName: `.${pkg}.${type}` }),
    };
  });
  return { name, field };
}
