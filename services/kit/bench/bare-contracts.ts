import { join } from 'node:path';
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

// The contracts as users of grpc-js have them: proto-loader reads the .proto files, with the options that its README
// has.

interface UsersRequest {
  user_ids: string[];
}

interface BareTimestamp {
  seconds: number | string;
  nanos: number;
}

/** A user as proto-loader wants one. */
export interface BareUser {
  user_id: string;
  username: string;
  email: string;
  phone: string;
  avatar: string;
  real_name: string;
  status: string;
  created_at: BareTimestamp;
  updated_at: BareTimestamp;
  roles: string[];
  permissions: string[];
}

interface UsersReply {
  users: BareUser[];
  missing_user_ids: string[];
}

interface HelloRequest {
  name: string;
}

interface HelloReply {
  message: string;
  locale: string;
}

const loaded = loadSync(['weft/greeter/v1/greeter.proto', 'weft/user/v1/user_info.proto'], {
  includeDirs: [join(process.cwd(), 'proto')],
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});

export const bareGreeter = loaded['weft.greeter.v1.Greeter'] as ServiceDefinition;
export const bareUsers = loaded['weft.user.v1.UserInfoService'] as ServiceDefinition;

/** The smallest method there is, with a rule in its contract like any other. */
export const sayHello = bareGreeter['SayHello'] as MethodDefinition<HelloRequest, HelloReply>;

/** A method like most: rules, a list of messages, timestamps, an enum. */
export const getUserInfoBatch = bareUsers['GetUserInfoBatch'] as MethodDefinition<UsersRequest, UsersReply>;
