import { createNames, type Names } from '../infra/mesh/names';
import { type CalledMethod, pathOf, type ServiceSpec } from '../services/kit/declaration';
import type { Environment } from './environment/environment';
import type { Release } from './environment/releases';
import type { Settings } from './environment/settings';

/** The calls of one service to another. */
export interface Edge {
  caller: ServiceSpec;
  callee: ServiceSpec;
  /** Sorted by path, each once. */
  methods: CalledMethod[];
}

/** Everything that a construct may know besides its own declaration: the environment and the call graph. */
export interface System {
  readonly settings: Settings;
  /** The name of the environment: `production`. */
  readonly environment: string;
  readonly names: Names;
  releaseOf(spec: ServiceSpec): Release;
  scaleOf(spec: ServiceSpec): { min: number; max: number };
  /** Sorted by the name of the other end. */
  callersOf(spec: ServiceSpec): readonly Edge[];
  calleesOf(spec: ServiceSpec): readonly Edge[];
  /** The services outside that are called; sorted by name. */
  readonly externals: readonly ServiceSpec[];
}

/**
 * Joins declarations and an environment. Each edge is looked up once, so the time is linear in their number.
 */
export function createSystem(services: readonly ServiceSpec[], { name, settings, releaseOf }: Environment): System {
  const edges = services.flatMap(edgesOf);
  const byCaller = group(edges, ({ caller }) => caller.name);
  const byCallee = group(edges, ({ callee }) => callee.name);
  const externals = new Map(edges.flatMap(({ callee }) => (callee.external ? [[callee.name, callee] as const] : [])));
  return {
    settings,
    environment: name,
    names: createNames(settings),
    releaseOf: (spec) => releaseOf(spec.name) as Release,
    scaleOf: ({ name, scale }) => settings.replicas[name] ?? scale,
    callersOf: ({ name }) => sorted(byCallee.get(name) ?? [], ({ caller }) => caller.name),
    calleesOf: ({ name }) => sorted(byCaller.get(name) ?? [], ({ callee }) => callee.name),
    externals: sorted([...externals.values()], ({ name }) => name),
  };
}

/** Several entries of `calls` with the same callee are one edge. */
function edgesOf(caller: ServiceSpec): Edge[] {
  const byName = group(Object.values(caller.calls), ({ service }) => service.name);
  return [...byName.values()].flatMap((specs) => {
    const [first] = specs;
    const methods = new Map(specs.flatMap((spec) => spec.methods).map((called) => [pathOf(called.method), called]));
    const byPath = sorted([...methods.values()], ({ method }) => pathOf(method));
    return first ? [{ caller, callee: first.service, methods: byPath }] : [];
  });
}

function group<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const members = groups.get(key);
    if (members) members.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** Sorted by code unit, independent of the locale. */
function sorted<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
  return values.toSorted((a, b) => compare(keyOf(a), keyOf(b)));
}
