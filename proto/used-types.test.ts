import { create } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { INamespace } from 'protobufjs';
import { descriptorJson } from './gen/descriptors';
import { onlyUsedTypes } from './used-types';

const type = { fields: {} };

function find(json: INamespace, name: string): unknown {
  return name.split('.').reduce<INamespace | undefined>((at, part) => at?.nested?.[part], json);
}

test.each([
  ['weft.user.v1.UserInfo', true],
  ['google.protobuf.Timestamp', true],
  ['google.protobuf.FileDescriptorProto', false],
  ['google.api.HttpRule', false],
  ['buf.validate.FieldRules', false],
])('of the contracts, %s is there for services: %s', (name, there) => {
  expect(find(descriptorJson, name) !== undefined).toBe(there);
});

test('what a used type leads to is kept, however deep, and nothing beside it', () => {
  const field = (name: string, typeName: string) => ({ name, typeName });
  const set = create(FileDescriptorSetSchema, {
    file: [
      {
        name: 'ours.proto',
        package: 'ours',
        messageType: [{ name: 'A', field: [field('inner', '.other.Outer.Inner')] }],
      },
      {
        name: 'other.proto',
        package: 'other',
        messageType: [
          { name: 'Outer', nestedType: [{ name: 'Inner', field: [field('third', '.other.Third')] }] },
          { name: 'Third' },
          { name: 'Unused' },
        ],
      },
    ],
  });
  const other = { Outer: { ...type, nested: { Inner: type, Sibling: type } }, Third: type, Unused: type };
  const json = { nested: { ours: { nested: { A: type } }, other: { nested: other } } };
  const kept = onlyUsedTypes(json, set, (file) => file === 'ours.proto');
  const used = ['ours.A', 'other.Outer.Inner', 'other.Third'];
  const unused = ['other.Outer.Sibling', 'other.Unused'];
  expect([...used, ...unused].filter((name) => find(kept, name) !== undefined)).toEqual(used);
});
