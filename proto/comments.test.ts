import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { commentsOf, commentsSource } from './comments';

const PROTO = `// Detached, about the file.

// About the syntax.
syntax = "proto3";
// About the package.
package shop.v1;

import "google/protobuf/timestamp.proto"; // About an import.

// Shop sells things.
//
// - by piece
//   - or by weight
//
// buf:lint:ignore SERVICE_SUFFIX
service Shop {
  // Buy buys.
  rpc Buy(Order) returns (Order) {
    // About an option.
    option deprecated = true;
  } // Not read.
}

/* Order is
 * in two lines. */
message Order {
  string id = 1; // Behind the field.
  // (-- For maintainers only. --)
  // Above the field.
  google.protobuf.Timestamp at = 2; // Not read.
  string plain = 3;
  // How to pay.
  oneof payment {
    // In coins.
    int32 cash = 4;
  }
  // A part of the order.
  message Line {
    // How many.
    int32 count = 1;
    // In parts.
    enum Unit {
      // Whole ones.
      UNIT_UNSPECIFIED = 0;
    }
  }
}

// Where an order is.
enum State {
  STATE_UNSPECIFIED = 0;
  STATE_SENT = 1; // On its way.
}
`;

let folder: string;
let set: FileDescriptorSet;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'comments-'));
  writeFileSync(join(folder, 'shop.proto'), PROTO);
  const image = join(folder, 'image.binpb');
  const buf = join(__dirname, '../node_modules/@bufbuild/buf/bin/buf');
  execFileSync(process.execPath, [buf, 'build', folder, '--as-file-descriptor-set', '-o', image]);
  set = fromBinary(FileDescriptorSetSchema, readFileSync(image));
});

afterAll(() => rmSync(folder, { recursive: true }));

test('every element that has a comment has its text, and nothing else has', () => {
  expect(commentsOf(set, (file) => file === 'shop.proto')).toEqual({
    'shop.v1.Shop': 'Shop sells things.\n\n- by piece\n  - or by weight',
    'shop.v1.Shop.Buy': 'Buy buys.',
    'shop.v1.Order': 'Order is\nin two lines.',
    'shop.v1.Order.id': 'Behind the field.',
    'shop.v1.Order.at': 'Above the field.',
    'shop.v1.Order.payment': 'How to pay.',
    'shop.v1.Order.cash': 'In coins.',
    'shop.v1.Order.Line': 'A part of the order.',
    'shop.v1.Order.Line.count': 'How many.',
    'shop.v1.Order.Line.Unit': 'In parts.',
    'shop.v1.Order.Line.Unit.UNIT_UNSPECIFIED': 'Whole ones.',
    'shop.v1.State': 'Where an order is.',
    'shop.v1.State.STATE_SENT': 'On its way.',
  });
});

test('files of others are left out', () => {
  expect(commentsOf(set, () => false)).toEqual({});
  expect(commentsOf(set, () => true)).toHaveProperty(['google.protobuf.Timestamp']);
});

test('the source says the same', () => {
  const source = commentsSource(set, (file) => file === 'shop.proto');
  const [, literal = ''] = /export const comments: Readonly<Record<string, string>> = (.*);\n$/s.exec(source) ?? [];
  expect(JSON.parse(literal)).toEqual(commentsOf(set, (file) => file === 'shop.proto'));
});
