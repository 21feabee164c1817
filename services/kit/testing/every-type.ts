import type { DescMethod } from '@bufbuild/protobuf';
import { createClientCodec } from '../protocol/codec';
import type { Contract } from '../declaration/contract';
import { protoContract } from './proto-contract';

const INTEGERS = [
  'int32',
  'sint32',
  'sfixed32',
  'uint32',
  'fixed32',
  'int64',
  'sint64',
  'sfixed64',
  'uint64',
  'fixed64',
];

/** A contract whose Message has a field of every type; those of integers are named after theirs, `a_int32`. */
export const everyType = (): Promise<Contract> =>
  protoContract(`
enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; }
message Message {
  ${INTEGERS.map((type, index) => `${type} a_${type} = ${index + 1};`).join(' ')}
  float ratio = 11;
  double amount = 12;
  bool open = 13;
  string text = 14;
  bytes raw = 15;
  Color color = 16;
  Message inner = 17;
  repeated int32 numbers = 18;
  repeated Message inners = 19;
  map<string, int32> counts = 20;
  map<string, Message> by_name = 21;
  oneof choice { string left = 22; Message right = 23; }
  optional string nick_name = 24;
  string renamed = 25 [json_name = "other"];
  google.protobuf.Timestamp created_at = 26;
  google.protobuf.StringValue wrapped = 27;
}`);

/** A message as it arrives from a client that does not check it. */
export function sentAndRead({ method }: Contract, message: object): Record<string, unknown> {
  const { encode, decode } = createClientCodec(method['try'] as DescMethod, false);
  return decode(encode(message));
}
