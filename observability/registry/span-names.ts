import { OTHER_METHOD } from '../../services/kit/telemetry/names';
import type { SpanEntry, SpanKind } from './entry';
import { SPANS } from './spans';

/** The names in an application that span names may contain. */
export interface KnownNames {
  /** `weft.user.v1.UserInfoService/GetUserInfo`. */
  readonly methods: readonly string[];
  /** Templates of routes: `/v1/users/{user_id}`. */
  readonly routes: readonly string[];
  /** Collections of the stores. */
  readonly collections: readonly string[];
}

/** The gRPC services of the kit itself. */
const KIT_METHODS = [
  'grpc.health.v1.Health/Check',
  'grpc.health.v1.Health/List',
  'grpc.health.v1.Health/Watch',
  'grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  'grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
];

/** A command is one word; commands to the whole database have the collection `$cmd`. */
const COMMAND = /^(?<command>[a-z][A-Za-z]+) (?<collection>\S+)$/;
const REQUEST = /^(?<verb>[A-Z]+)(?: (?<route>\/\S*))?$/;

type Matcher = (name: string, known: KnownNames) => boolean;

/** A test for each pattern of names in the registry. */
const MATCHERS: Readonly<Record<string, Matcher>> = {
  '<package.Service>/<Method>': (name, { methods }) =>
    name === OTHER_METHOD || methods.includes(name) || KIT_METHODS.includes(name),
  '<VERB> <route template>': (name, { routes }) => {
    const { groups } = REQUEST.exec(name) ?? {};
    return groups !== undefined && (groups['route'] === undefined || routes.includes(groups['route']));
  },
  '<VERB>': (name) => /^[A-Z]+$/.test(name),
  '<command> <collection>': (name, { collections }) => {
    const collection = COMMAND.exec(name)?.groups?.['collection'];
    return collection === '$cmd' || (collection !== undefined && collections.includes(collection));
  },
};

/** The entry of a span, or undefined if no span of this kind may have that name. */
export function spanEntry(name: string, kind: SpanKind, known: KnownNames): SpanEntry | undefined {
  return SPANS.find((entry) => entry.kind === kind && MATCHERS[entry.name]?.(name, known));
}
