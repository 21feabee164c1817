import { OTHER_METHOD } from '../../services/kit/telemetry/names';
import type { SpanEntry, SpanKind } from './entry';
import { SPANS } from './spans';

/** What an application has, and spans may be called after. */
export interface KnownNames {
  /** `weft.user.v1.UserInfoService/GetUserInfo`. */
  readonly methods: readonly string[];
  /** Templates of routes: `/v1/users/{user_id}`. */
  readonly routes: readonly string[];
  /** Collections of the stores. */
  readonly collections: readonly string[];
}

/** What every service of the kit serves besides its contracts. */
const KIT_METHODS = [
  'grpc.health.v1.Health/Check',
  'grpc.health.v1.Health/List',
  'grpc.health.v1.Health/Watch',
  'grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  'grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
];

/** The driver's commands are words of letters; those to the whole database have `$cmd` for a collection. */
const COMMAND = /^(?<command>[a-z][A-Za-z]+) (?<collection>\S+)$/;
const REQUEST = /^(?<verb>[A-Z]+)(?: (?<route>\/\S*))?$/;

type Matcher = (name: string, known: KnownNames) => boolean;

/** By the registry's pattern of a name: whether one follows it. */
const MATCHERS: Readonly<Record<string, Matcher>> = {
  '<package.Service>/<Method>': (name, { methods }) =>
    name === OTHER_METHOD || methods.includes(name) || KIT_METHODS.includes(name),
  '<VERB> <route template>': (name, { routes }) => {
    const { groups } = REQUEST.exec(name) ?? {};
    return groups !== undefined && (groups['route'] === undefined || routes.includes(groups['route']));
  },
  '<command> <collection>': (name, { collections }) => {
    const collection = COMMAND.exec(name)?.groups?.['collection'];
    return collection === '$cmd' || (collection !== undefined && collections.includes(collection));
  },
};

/** The registry's entry for a span, or nothing where no span of this kind may be called so. */
export function spanEntry(name: string, kind: SpanKind, known: KnownNames): SpanEntry | undefined {
  return SPANS.find((entry) => entry.kind === kind && MATCHERS[entry.name]?.(name, known));
}
