import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFileRegistry, type DescField, type FileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { rulesOf } from './field-rules';

const ROOT = join(__dirname, '../../..');

// One field a rule; what they come to is in the table below.
const FIELDS: Record<string, string> = {
  plain: 'string plain = 1;',
  bounded: 'string bounded = 2 [(buf.validate.field).string = { min_len: 2, max_len: 9 }];',
  exact: 'string exact = 3 [(buf.validate.field).string.len = 5];',
  starred: 'string starred = 4 [(buf.validate.field).string.pattern = "^a*$"];',
  mail: 'string mail = 5 [(buf.validate.field).string.email = true];',
  chosen: 'string chosen = 6 [(buf.validate.field).string = { in: "a" in: "b" }];',
  lenient: 'string lenient = 7 [(buf.validate.field) = { ignore: IGNORE_IF_ZERO_VALUE string: { min_len: 2 } }];',
  maybe: 'optional string maybe = 8 [(buf.validate.field).string.min_len = 2];',
  must: 'string must = 9 [(buf.validate.field).required = true];',
  low: 'int32 low = 10 [(buf.validate.field).int32 = { gt: -5, lt: 5 }];',
  positive: 'uint32 positive = 11 [(buf.validate.field).uint32.gt = 0];',
  share: 'double share = 12 [(buf.validate.field).double = { gte: 0.5, lte: 1 }];',
  large: 'int64 large = 13 [(buf.validate.field).int64.gte = 7];',
  raw: 'bytes raw = 14 [(buf.validate.field).bytes.max_len = 7];',
  names:
    'repeated string names = 15 [(buf.validate.field).repeated = { max_items: 3, unique: true, items: { string: { max_len: 4 } } }];',
  some: 'repeated string some = 16 [(buf.validate.field).repeated.min_items = 1];',
  labels:
    'map<string, int32> labels = 17 [(buf.validate.field).map = { max_pairs: 3, values: { int32: { gte: 1 } } }];',
  keys: 'map<string, string> keys = 18 [(buf.validate.field).map.keys.string.max_len = 5];',
  known: 'State known = 19 [(buf.validate.field).enum = { defined_only: true, not_in: 0 }];',
  some_state: 'State some_state = 20 [(buf.validate.field).enum = { in: [0, 1], example: 1 }];',
  agreed: 'bool agreed = 21 [(buf.validate.field).bool.const = true];',
  not_root: 'string not_root = 22 [(buf.validate.field).string = { not_in: "root", example: "ada", example: "bob" }];',
  big: 'int64 big = 23 [(buf.validate.field).int64 = { gte: 7, example: 9007199254740993 }];',
  pause: 'google.protobuf.Duration pause = 24 [(buf.validate.field).duration.example = { seconds: 3 }];',
  tags: 'repeated string tags = 25 [(buf.validate.field).repeated.items.string.example = "new"];',
};

const PROTO = `syntax = "proto3";
package test;
import "buf/validate/validate.proto";
import "google/protobuf/duration.proto";
enum State { STATE_UNSPECIFIED = 0; STATE_ON = 1; }
message Rules {
  ${Object.values(FIELDS).join('\n  ')}
}`;

let folder: string;
let registry: FileRegistry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'field-rules-'));
  const rules = await readFile(join(ROOT, 'proto/buf/validate/validate.proto'));
  await mkdir(join(folder, 'buf/validate'), { recursive: true });
  await writeFile(join(folder, 'buf/validate/validate.proto'), rules);
  await writeFile(join(folder, 'rules.proto'), PROTO);
  const image = join(folder, 'image.binpb');
  const buf = join(ROOT, 'node_modules/@bufbuild/buf/bin/buf');
  await promisify(execFile)(process.execPath, [buf, 'build', folder, '-o', image]);
  registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, await readFile(image)));
});

afterAll(() => rm(folder, { recursive: true }));

function field(name: string): DescField {
  return registry.getMessage('test.Rules')?.fields.find((each) => each.name === name) as DescField;
}

test.each<[keyof typeof FIELDS, object, object, boolean]>([
  ['plain', {}, {}, false],
  ['bounded', { minLength: 2, maxLength: 9 }, {}, true],
  ['exact', { minLength: 5, maxLength: 5 }, {}, true],
  ['starred', { pattern: '^a*$' }, {}, false],
  ['mail', { format: 'email' }, {}, true],
  ['chosen', { enum: ['a', 'b'] }, {}, true],
  ['lenient', {}, {}, false],
  ['maybe', { minLength: 2 }, {}, false],
  ['must', {}, {}, true],
  ['low', { exclusiveMinimum: -5, exclusiveMaximum: 5 }, {}, false],
  ['positive', { exclusiveMinimum: 0 }, {}, true],
  ['share', { minimum: 0.5, maximum: 1 }, {}, true],
  ['large', {}, {}, false],
  ['raw', {}, {}, false],
  ['names', { maxLength: 4 }, { maxItems: 3, uniqueItems: true }, false],
  ['some', {}, { minItems: 1 }, true],
  ['labels', { minimum: 1 }, { maxProperties: 3 }, false],
  ['keys', {}, { propertyNames: { maxLength: 5 } }, false],
  ['known', { not: { enum: ['STATE_UNSPECIFIED'] } }, {}, true],
  ['some_state', { enum: ['STATE_UNSPECIFIED', 'STATE_ON'], examples: ['STATE_ON'] }, {}, false],
  ['agreed', { const: true }, {}, true],
  ['not_root', { not: { enum: ['root'] }, examples: ['ada', 'bob'] }, {}, false],
  ['big', { examples: ['9007199254740993'] }, {}, false],
  ['pause', { examples: ['3s'] }, {}, false],
  ['tags', { examples: ['new'] }, {}, false],
])('%s', (name, value, whole, required) => {
  expect(rulesOf(field(name))).toEqual({ value, whole, required });
});
