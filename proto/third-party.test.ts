import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fromBinary } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';
import { file_buf_validate_validate } from '@bufbuild/protovalidate/gen/buf/validate/validate_pb.js';

const FILE = 'buf/validate/validate.proto';

let folder: string;
let committed: FileDescriptorProto;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weft-third-party-'));
  cpSync(join(__dirname, 'buf'), join(folder, 'buf'), { recursive: true });
  writeFileSync(join(folder, 'buf.yaml'), 'version: v2\nmodules:\n  - path: .\n');
  const buf = join(dirname(require.resolve('@bufbuild/buf/package.json')), 'bin/buf');
  const args = [buf, 'build', '--as-file-descriptor-set', '-o', 'set.binpb'];
  await promisify(execFile)(process.execPath, args, { cwd: folder });
  const { file } = fromBinary(FileDescriptorSetSchema, readFileSync(join(folder, 'set.binpb')));
  committed = file.find(({ name }) => name === FILE) as FileDescriptorProto;
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A line for everything that bytes depend on: names, numbers, types, labels, oneofs, defaults, what is reserved. */
function linesOf(file: FileDescriptorProto): string[] {
  return [
    `${file.syntax} ${file.package} ${file.edition}`,
    ...file.extension.map((each) => `extend ${each.extendee} ${fieldLine(each, [])}`),
    ...file.messageType.flatMap((each) => messageLines(each, '')),
    ...file.enumType.flatMap((each) => enumLines(each, '')),
  ].sort();
}

function messageLines(message: DescriptorProto, within: string): string[] {
  const name = `${within}${message.name}`;
  return [
    `message ${name}`,
    ...message.field.map(
      (field) =>
        `${name} ${fieldLine(
          field,
          message.oneofDecl.map((oneof) => oneof.name),
        )}`,
    ),
    ...message.extension.map((field) => `${name} extend ${field.extendee} ${fieldLine(field, [])}`),
    ...message.extensionRange.map(({ start, end }) => `${name} extensions ${start} to ${end}`),
    ...message.reservedRange.map(({ start, end }) => `${name} reserved ${start} to ${end}`),
    ...message.reservedName.map((reserved) => `${name} reserved ${reserved}`),
    ...message.enumType.flatMap((each) => enumLines(each, `${name}.`)),
    ...message.nestedType.flatMap((each) => messageLines(each, `${name}.`)),
  ];
}

function fieldLine(field: FieldDescriptorProto, oneofs: string[]): string {
  const type = `${FieldDescriptorProto_Label[field.label]} ${FieldDescriptorProto_Type[field.type]} ${field.typeName}`;
  const oneof =
    oneofs[field.oneofIndex] !== undefined && Object.hasOwn(field, 'oneofIndex') ? oneofs[field.oneofIndex] : '';
  return `${type} ${field.name} = ${field.number} ${oneof} ${field.defaultValue} ${field.proto3Optional}`;
}

function enumLines({ name, value }: EnumDescriptorProto, within: string): string[] {
  return value.map((each) => `enum ${within}${name} ${each.name} = ${each.number}`);
}

test('says what the descriptor in @bufbuild/protovalidate says, which is what rules are read with', () => {
  const lines = linesOf(committed);
  expect(lines).toEqual(linesOf(file_buf_validate_validate.proto));
  expect(lines).toEqual(
    expect.arrayContaining([
      'StringRules OPTIONAL UINT64  max_len = 3   false',
      'FieldRules OPTIONAL MESSAGE .buf.validate.StringRules string = 14 type  false',
    ]),
  );
});

test('imports the same files', () => {
  expect([...committed.dependency].sort()).toEqual([...file_buf_validate_validate.proto.dependency].sort());
});
